/* The kinds of work lists (sql/functions/beneficiaries_30_work_lists.sql). */
#ifndef HUIMIN_WORK_LIST_H
#define HUIMIN_WORK_LIST_H

/* phone_missing: a beneficiary without a phone. phone_shared: more than three beneficiaries on one phone.
 * phone_invalid: a phone that came in before phones were checked. duplicate: perhaps registered twice. review_due:
 * within 30 days or overdue. account_missing: nowhere to pay to. account_shared: one account for people of several
 * households. certificate_expiring, grace_ending: within 60 days. age_coming: a birthday within 60 days begins, changes
 * or ends something. notice_ended: has hung long enough, without an open objection. held: not paid by the item's last
 * run. */
#define WORK_LIST_KINDS                                                                                                \
    "phone_missing,phone_shared,phone_invalid,duplicate,review_due,account_missing,account_shared,"                    \
    "certificate_expiring,age_coming,grace_ending,notice_ended,held"

#endif
