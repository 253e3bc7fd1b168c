-- Who acts and whose rows may be seen, set by each transaction (services/common/db.c) and read by row-level security.
-- All of it fails closed: without a setting there is no district, and no division or programme item is reached.
create schema if not exists app; -- `huimin migrate` keeps its own record there
create schema ops;
create schema audit;
create schema programmes;
create schema beneficiaries;
create schema payments;

create function app.district() returns integer language sql stable parallel safe as
$$ select nullif(current_setting('app.district', true), '')::integer $$;

-- NULL: all divisions of the district. An empty array: none.
create function app.divisions() returns integer[] language sql stable parallel safe as
$$ select case coalesce(current_setting('app.divisions', true), '')
          when 'all' then null
          when '' then '{}'::integer[]
          else current_setting('app.divisions', true)::integer[] end $$;

-- NULL: all programme items of the district. An empty array: none.
create function app.programmes() returns text[] language sql stable parallel safe as
$$ select case coalesce(current_setting('app.programmes', true), '')
          when 'all' then null
          when '' then '{}'::text[]
          else current_setting('app.programmes', true)::text[] end $$;

create function app.actor() returns text language sql stable parallel safe as
$$ select nullif(current_setting('app.actor', true), '') $$;

create function app.service() returns text language sql stable parallel safe as
$$ select nullif(current_setting('app.service', true), '') $$;

create function app.request_id() returns text language sql stable parallel safe as
$$ select nullif(current_setting('app.request_id', true), '') $$;

-- Today's business date in Asia/Shanghai (UTC+8 all year).
create function app.today() returns date language sql stable parallel safe as
$$ select (now() at time zone 'Asia/Shanghai')::date $$;

-- Refuses with a code of api-spec/errors.yaml: services/common/db.c turns SQLSTATE HM001 into that code.
create function app.refuse(code text) returns void language plpgsql as
$$ begin raise exception '%', code using errcode = 'HM001'; end $$;

grant usage on schema app to huimin_beneficiaries, huimin_programmes, huimin_payments, huimin_audit, huimin_worker,
    huimin_reconcile;

-- How times appear in answers: Asia/Shanghai with its offset, milliseconds.
create function app.time_text(at timestamptz) returns text language sql stable parallel safe as
$$ select to_char(at at time zone 'Asia/Shanghai', 'YYYY-MM-DD"T"HH24:MI:SS.MS"+08:00"') $$;
