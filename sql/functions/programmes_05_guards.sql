-- Four eyes on rules, standards and exclusions, whatever SQL a service sends: a row begins as a proposal of who acts, and
-- is approved by another person who acts. The owner (migrations, the catalogue's loader) loads approved rows with their names.
create or replace function programmes.guard_decision() returns trigger language plpgsql as
$$
begin
    if current_user = 'huimin_owner' or (select rolsuper from pg_roles where rolname = current_user) then
        return new;
    end if;
    if tg_op = 'INSERT' then
        if new.state <> 'PROPOSED' or new.proposed_by is distinct from app.actor() or new.approved_by is not null then
            raise exception 'what is proposed waits for another person' using errcode = '42501';
        end if;
    elsif new.state = 'APPROVED' and old.state <> 'APPROVED'
          and (old.state <> 'PROPOSED' or new.approved_by is distinct from app.actor() or new.approved_by = old.proposed_by) then
        raise exception 'only another person approves a proposal' using errcode = '42501';
    elsif old.state in ('REPLACED', 'REJECTED') or (old.state = 'APPROVED' and new.state not in ('APPROVED', 'REPLACED')) then
        raise exception 'a % row does not become %', old.state, new.state using errcode = '42501';
    end if;
    return new;
end
$$;
create or replace trigger rule_decision before insert or update on programmes.rule
    for each row execute function programmes.guard_decision();
create or replace trigger standard_decision before insert or update on programmes.standard
    for each row execute function programmes.guard_decision();
create or replace trigger exclusion_decision before insert or update on programmes.exclusion
    for each row execute function programmes.guard_decision();
