-- Planner statistics of the register after a bulk import: without them the first run of a new installation takes ten
-- times as long. Takes SHARE UPDATE EXCLUSIVE on each table for a moment; readers and writers go on.
create or replace function beneficiaries.refresh_statistics() returns void
    language plpgsql security definer set search_path = pg_catalog, beneficiaries as
$$
begin
    analyze beneficiaries.person, beneficiaries.household, beneficiaries.household_member, beneficiaries.household_income,
            beneficiaries.certificate, beneficiaries.account, beneficiaries.enrolment;
end
$$;
revoke all on function beneficiaries.refresh_statistics() from public;
grant execute on function beneficiaries.refresh_statistics() to huimin_worker;
