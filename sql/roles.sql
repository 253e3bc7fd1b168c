-- Login roles, one per program, and what each may do to the server. Run by a superuser in the database `huimin`;
-- idempotent. Passwords are set by the deployment (ALTER ROLE ... PASSWORD), never here.
do $$
declare
    name text;
begin
    foreach name in array array['huimin_owner', 'huimin_beneficiaries', 'huimin_programmes', 'huimin_payments',
                                'huimin_audit', 'huimin_worker', 'huimin_reconcile'] loop
        if not exists (select from pg_roles where rolname = name) then
            execute format('create role %I login nosuperuser nocreatedb nocreaterole noreplication nobypassrls', name);
        end if;
    end loop;
    foreach name in array array['huimin_beneficiaries', 'huimin_programmes', 'huimin_payments', 'huimin_audit'] loop
        execute format('alter role %I set statement_timeout = ''10s''', name);
        execute format('alter role %I set lock_timeout = ''5s''', name);
        execute format('alter role %I set idle_in_transaction_session_timeout = ''15s''', name);
    end loop;
    foreach name in array array['huimin_worker', 'huimin_reconcile'] loop
        execute format('alter role %I set lock_timeout = ''30s''', name);
        execute format('alter role %I set idle_in_transaction_session_timeout = ''120s''', name);
    end loop;
    alter role huimin_audit set default_transaction_read_only = on;
    execute format('alter database %I set timezone = ''Asia/Shanghai''', current_database());
    execute format('revoke all on database %I from public', current_database());
    execute format('grant create, connect, temporary on database %I to huimin_owner', current_database());
    execute format('grant connect on database %I to huimin_beneficiaries, huimin_programmes, huimin_payments,'
                   ' huimin_audit, huimin_worker, huimin_reconcile', current_database());
end
$$;
revoke create on schema public from public;
create extension if not exists btree_gist; -- exclusion constraints: one valid row per person and day
create extension if not exists pg_trgm;    -- search by part of a name
