-- An entitlement in its facts: what is due for a unit and period by today's facts, and what each payment was made of. The
-- sentences are made of it by services/payments/explanation.c. Nothing here writes.

-- Names of a programme item or of a benefit that others pay.
create or replace function payments.benefit_name(p_district integer, p_code text) returns jsonb language sql stable strict as
$$
    select jsonb_build_object('code', p_code, 'name_zh', b.zh, 'name_en', b.en)
      from (select item_zh as zh, item_en as en from programmes.item where district = p_district and code = p_code
            union all select name_zh, name_en from programmes.benefit where code = p_code
            union all select p_code, p_code) b limit 1
$$;

create or replace function payments.standard_facts(s programmes.standard) returns jsonb language sql stable as
$$
    select case when s.id is not null then
           jsonb_build_object('id', s.id, 'version', s.version, 'amount_fen', s.amount_fen, 'basis_points', s.basis_points,
                              'amount_per', s.amount_per, 'source', s.source, 'confirmed', s.confirmed) end
$$;

-- Components (ENTITLEMENTS.md) with the rows that they name. Lines frozen before rules had numbers name neither rule nor
-- first month: they are those of the period.
create or replace function payments.explained(p_district integer, p_item text, p_period text, p_facts jsonb) returns jsonb
language sql stable as
$$
    with lines as (
        select f.value as f, f.ordinality as n,
               coalesce(f.value ->> 'from', case when f.value ? 'month' then substr(p_period, 1, 5) || lpad(f.value ->> 'month', 2, '0')
                                                 else to_char(lower(payments.period_range(p_period)), 'YYYY-MM') end) as from_month
          from jsonb_array_elements(p_facts) with ordinality f
    )
    select coalesce(jsonb_agg(jsonb_build_object(
               'from', l.from_month, 'months', coalesce((f ->> 'months')::integer, 1), 'amount_fen', (f ->> 'amount_fen')::bigint,
               'gross_fen', (f ->> 'gross_fen')::bigint, 'stop', f ->> 'stop', 'suspended', u.cause, 'open', f ->> 'open',
               'benefit', payments.benefit_name(p_district, f ->> 'benefit'),
               'less', (select jsonb_agg(payments.benefit_name(p_district, x.value ->> 'benefit')
                                         || jsonb_build_object('month_fen', (x.value ->> 'fen')::bigint) order by x.ordinality)
                          from jsonb_array_elements(f -> 'less') with ordinality x),
               'rule', case when r.id is not null then
                   jsonb_build_object('id', r.id, 'version', r.version, 'kind', r.kind, 'cycle', r.cycle, 'accrual', r.accrual,
                       'rounding', r.rounding, 'remainder', r.remainder, 'source', r.source, 'confirmed', r.confirmed) end,
               'tier', case when t.code is not null then
                   jsonb_build_object('code', t.code, 'name_zh', t.name_zh, 'name_en', t.name_en) end,
               'standard', payments.standard_facts(s),
               'basis', payments.standard_facts(b) || jsonb_build_object('item', payments.benefit_name(p_district, b.item_code)),
               'certificate', case when c.id is not null then
                   jsonb_build_object('id', c.id, 'number_masked', c.number_masked, 'type', c.disability_type, 'grade', c.disability_grade) end,
               'income', case when i.id is not null then jsonb_build_object('id', i.id, 'per_head_year_fen', i.per_head_year_fen) end,
               'enrolment', (f ->> 'enrolment')::bigint, 'household', (f ->> 'household')::bigint,
               'people', (f ->> 'people')::integer, 'persons', f -> 'persons', 'quantity', (f ->> 'quantity')::integer) order by l.n),
           '[]'::jsonb)
      from lines l
      left join programmes.rule r on r.district = p_district
           and case when f ? 'rule' then r.id = (f ->> 'rule')::bigint
                    else r.item_code = p_item and r.state = 'APPROVED' and r.valid @> (l.from_month || '-01')::date end
      left join programmes.standard s on s.district = p_district and s.id = (f ->> 'standard')::bigint
      left join programmes.standard b on b.district = p_district and b.id = (f ->> 'basis')::bigint
      left join programmes.tier t on t.district = p_district and t.item_code = p_item and t.code = f ->> 'tier'
      left join beneficiaries.certificate c on c.district = p_district and c.id = (f ->> 'certificate')::bigint
      left join beneficiaries.household_income i on i.district = p_district and i.id = (f ->> 'income')::bigint
      left join lateral (
          select min(v.cause) as cause
            from beneficiaries.enrolment e
            join beneficiaries.suspension v on v.district = p_district and v.enrolment_id = e.id and v.valid @> (l.from_month || '-01')::date
           where f ->> 'stop' = 'suspended' and e.district = p_district and e.item_code = p_item
             and (e.id = (f ->> 'enrolment')::bigint or f -> 'persons' @> to_jsonb(e.person_id))) u on true
$$;

-- A payment of a unit and period as it was frozen, and the periods for which it was cut; a reissue is cut as the payment
-- whose place it takes. superseded: another payment has taken its place, as a reissue or in a later run.
create or replace function payments.explained_payment(p payments.payment) returns jsonb language sql stable as
$$
    with recursive origin as (
        select p.id, p.reissue_of
        union all
        select y.id, y.reissue_of from origin o join payments.payment y on y.district = p.district and y.id = o.reissue_of
    )
    select jsonb_build_object('id', p.id, 'run', p.run_id, 'part', p.part, 'state', p.state, 'superseded', p.superseded or p.replaced_by_run is not null,
               'reissue_of', p.reissue_of,
               'due_at_the_time_fen', (select coalesce(sum((f.value ->> 'amount_fen')::bigint), 0)::bigint from jsonb_array_elements(p.facts) f),
               'settled_before_fen', p.settled_before_fen, 'netted_fen', p.netted_fen, 'amount_fen', p.amount_fen,
               'netted', coalesce((select jsonb_agg(jsonb_build_object('overpayment', v.id, 'period', v.period, 'amount_fen', r.amount_fen)
                                                    order by v.period)
                                     from origin o
                                     join payments.recovery r on r.district = p.district and r.payment_id = o.id
                                     join payments.overpayment v on v.district = p.district and v.id = r.overpayment_id), '[]'::jsonb),
               'lines', payments.explained(p.district, p.item_code, p.period, p.facts))
$$;

-- The street of a unit of an item; NULL when there is no such person or household. A household item's person without a
-- household is the unit -person.
create or replace function payments.unit_division(p_district integer, p_unit bigint, p_households boolean) returns integer
language sql stable as
$$
    select case when p_households and p_unit > 0
                then (select h.division from beneficiaries.household h where h.district = p_district and h.id = p_unit)
                else (select p.division from beneficiaries.person p where p.district = p_district
                         and p.id = case when p_households then -p_unit else p_unit end) end
$$;

-- The explanation of one unit and period, as far as the caller reaches item and unit. One person under two numbers is the
-- survivor.
create or replace function payments.explanation(p_item text, p_unit bigint, p_period text) returns jsonb
    language plpgsql stable security definer set search_path = pg_catalog, payments, app as
$$
declare
    v_district integer := app.district();
    v_range daterange := payments.period_range(p_period);
    v_item programmes.item%rowtype;
    v_rule programmes.rule%rowtype;
    v_due record;
    v_settled record;
    v_settled_fen bigint;
    v_difference bigint;
    v_households boolean;
    v_unit bigint;
begin
    select * into v_item from programmes.item where district = v_district and code = p_item
        and (app.programmes() is null or code = any (app.programmes()));
    if not found then
        perform app.refuse('not_found');
    end if;
    select * into v_rule from programmes.rule
     where district = v_district and item_code = p_item and state = 'APPROVED' and valid @> lower(v_range);
    if v_range is null or payments.period_text(v_rule.cycle, lower(v_range)) <> p_period then
        perform app.refuse('bad_period');
    end if;
    v_households := coalesce(v_rule.kind = 'household_topup', false);
    v_unit := coalesce((select p.merged_into from beneficiaries.person p where p.district = v_district and p.id = p_unit
                           and not v_households), p_unit);
    if not coalesce(payments.unit_division(v_district, v_unit, v_households)
                    = any (coalesce(app.divisions(), array(select code from programmes.division where district = v_district))), false) then
        perform app.refuse('not_found');
    end if;
    select coalesce(sum(d.amount_fen), 0)::bigint as fen, max(d.held) as open, coalesce((array_agg(d.facts))[1], '[]'::jsonb) as facts
      into v_due from payments.due(v_district, p_item, v_range, v_unit) d where d.unit_id = v_unit and d.period = p_period;
    select * into v_settled from payments.settled(v_district, p_item, v_range, v_unit) s
     where s.unit_id = v_unit and s.period = p_period;
    v_settled_fen := coalesce(v_settled.settled_fen, 0);
    v_difference := payments.difference_fen(v_due.fen, v_settled_fen, coalesce(v_settled.received_fen, 0), v_due.open);
    return jsonb_build_object('item', p_item, 'item_zh', v_item.item_zh, 'item_en', v_item.item_en,
        'unit', v_unit, 'unit_kind', case when v_households then 'household' else 'person' end, 'period', p_period,
        'due_fen', v_due.fen, 'open', v_due.open, 'settled_fen', v_settled_fen,
        'received_fen', coalesce(v_settled.received_fen, 0), 'difference_fen', v_difference,
        'calculation', jsonb_build_object('lines', payments.explained(v_district, p_item, p_period, v_due.facts)),
        'payments', coalesce((select jsonb_agg(payments.explained_payment(y) order by y.id) from payments.payment y
                               where y.district = v_district and y.item_code = p_item and y.period = p_period
                                 and (y.unit_id = v_unit
                                      or (not v_households and y.unit_id in (select m.id from beneficiaries.person m
                                                  where m.district = v_district and m.merged_into = v_unit)))),
                             '[]'::jsonb));
end
$$;
