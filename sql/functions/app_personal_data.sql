-- No number of a person in a text that people type, whatever SQL a service sends: what the services' own checks do
-- (services/common/text.h). Only new texts are looked at: older rows go on through their lives. Of events: audit_write.sql.

-- text_holds_personal_number() of services/common/text.h: a mobile number, or 15 and more digits, blanks and hyphens
-- between digits not counting.
create or replace function app.holds_personal_number(p_text text) returns boolean language sql immutable parallel safe as
$$
    select translate(p_text, '０１２３４５６７８９- 　', '0123456789')
           ~ '[0-9]{15}|(^|[^0-9])(86)?1[3-9][0-9]{9}([^0-9]|$)'
$$;

create or replace function app.refuse_personal_data() returns trigger language plpgsql as
$$
begin
    perform app.refuse('personal_data');
    return null;
end
$$;

do $$
declare
    t text[];
    v_table text;
    v_column text;
begin
    foreach t slice 1 in array array[
        ['beneficiaries.enrolment', 'evidence'], ['beneficiaries.enrolment_step', 'evidence'],
        ['beneficiaries.enrolment_change', 'evidence'], ['beneficiaries.hearing', 'evidence'],
        ['beneficiaries.objection', 'evidence'], ['beneficiaries.activity', 'reference'],
        ['beneficiaries.other_benefit', 'source'], ['beneficiaries.household', 'number'],
        ['programmes.rule', 'source'], ['programmes.standard', 'source'], ['programmes.exclusion', 'source'],
        ['programmes.tier', 'name_zh'], ['programmes.tier', 'name_en'],
        ['programmes.tier', 'code'], ['programmes.item', 'code']] loop
        v_table := t[1];
        v_column := t[2];
        execute format('create or replace trigger %I before insert on %s for each row when (app.holds_personal_number(new.%I)'
                       || case v_column when 'code' then ' or new.code ~ ''[0-9]{11}''' else '' end
                       || ') execute function app.refuse_personal_data()', 'no_number_in_new_' || v_column, v_table, v_column);
        execute format('create or replace trigger %I before update of %I on %s for each row'
                       ' when (new.%2$I is distinct from old.%2$I and app.holds_personal_number(new.%2$I))'
                       ' execute function app.refuse_personal_data()', 'no_number_in_' || v_column, v_column, v_table);
    end loop;
end
$$;
