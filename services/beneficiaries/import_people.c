#include "import_people.h"

#include "import_people_store.h"
#include "sealed.h"

#include <string.h>

static struct import_people_slot *people_slot(const struct import_run *run, size_t index)
{
    return (struct import_people_slot *)(void *)import_run_slot(run, index);
}

static bool people_is_good(const struct import_people_slot *slot)
{
    return slot->person.line.result != IMPORT_BAD;
}

bool import_people_changes_member(const struct import_people_slot *slot)
{
    return slot->person.household[0] != '\0' && !slot->known.same_member;
}

bool import_people_changes_income(const struct import_people_slot *slot)
{
    return slot->person.income_fen >= 0 && slot->person.income_fen != slot->known.income_fen;
}

/* ---- decisions */

static void people_check_reach(const struct import_run *run, struct import_people_slot *slot)
{
    const struct import_known *known = &slot->known;
    struct import_line *line = &slot->person.line;
    if (!known->is_new && !import_reaches(&run->reference, known->division))
        import_line_fault(line, IMPORT_ID_NUMBER, ERR_OTHER_DIVISION);
    if (known->household_id != 0 && !import_reaches(&run->reference, known->household_division))
        import_line_fault(line, IMPORT_HOUSEHOLD, ERR_OTHER_DIVISION);
    if (known->is_merged)
        import_line_fault(line, IMPORT_ID_NUMBER, ERR_PERSON_MERGED);
}

static bool people_becomes_head(const struct import_people_slot *slot)
{
    return slot->person.household[0] != '\0' && household_is_head(slot->person.relation);
}

/* Whether a line of the batch that is stored for certain makes the household's present head something else.
 */
static bool people_head_steps_down(const struct import_run *run, int64_t head_id, const char *household)
{
    for (size_t i = 0; i < run->slot_count; i++) {
        const struct import_people_slot *other = people_slot(run, i);
        if (people_is_good(other) && other->known.person_id == head_id && other->person.holder[0] == '\0' &&
            other->person.household[0] != '\0')
            return !people_becomes_head(other) || strcmp(other->person.household, household) != 0;
    }
    return false;
}

static bool people_has_other_head(const struct import_run *run, size_t index)
{
    const struct import_people_slot *slot = people_slot(run, index);
    const char *household = slot->person.household;
    for (size_t i = 0; i < index; i++) {
        const struct import_people_slot *other = people_slot(run, i);
        if (people_is_good(other) && people_becomes_head(other) && strcmp(other->person.household, household) == 0)
            return true;
    }
    int64_t head_id = slot->known.head_id;
    return head_id != 0 && head_id != slot->known.person_id && !people_head_steps_down(run, head_id, household);
}

/* A line of the batch that is stored for certain and is about the holder. */
static int64_t people_holder_in_batch(const struct import_run *run, const uint8_t *holder_index)
{
    for (size_t i = 0; i < run->slot_count; i++) {
        const struct import_people_slot *other = people_slot(run, i);
        if (people_is_good(other) && other->person.holder[0] == '\0' &&
            memcmp(other->slot.digest, holder_index, KEYRING_INDEX_BYTES) == 0)
            return other->known.person_id;
    }
    return 0;
}

static void people_find_holder(const struct import_run *run, struct import_people_slot *slot)
{
    struct import_known *known = &slot->known;
    if (known->holder_id != 0 && !import_reaches(&run->reference, known->holder_division))
        known->holder_id = 0;
    if (known->holder_id == 0)
        known->holder_id = people_holder_in_batch(run, slot->holder_index);
    if (known->holder_id == 0)
        slot->person.line.result = IMPORT_WAITING;
}

static void people_compare(struct import_people_slot *slot)
{
    const struct import_known *known = &slot->known;
    bool changed = known->differs || import_people_changes_member(slot) || import_people_changes_income(slot) ||
                   known->certificate_id != 0 || known->account_id != 0;
    slot->person.line.result = known->is_new ? IMPORT_NEW : changed ? IMPORT_CHANGED : IMPORT_UNCHANGED;
}

void import_people_decide(struct import_run *run)
{
    for (size_t i = 0; i < run->slot_count; i++)
        if (people_is_good(people_slot(run, i)))
            people_check_reach(run, people_slot(run, i));
    for (size_t i = 0; i < run->slot_count; i++) {
        struct import_people_slot *slot = people_slot(run, i);
        if (people_is_good(slot) && people_becomes_head(slot) && people_has_other_head(run, i))
            import_line_fault(&slot->person.line, IMPORT_RELATION, ERR_SECOND_HEAD);
    }
    for (size_t i = 0; i < run->slot_count; i++) {
        struct import_people_slot *slot = people_slot(run, i);
        if (people_is_good(slot)) {
            people_compare(slot);
            if (slot->person.holder[0] != '\0')
                people_find_holder(run, slot);
        }
    }
}

/* ---- the kind */

static void people_read(const struct import_run *run, char *const *fields, uint64_t line, struct import_slot *base)
{
    struct import_people_slot *slot = (struct import_people_slot *)base;
    base->line = &slot->person.line;
    import_read_person(&run->header, fields, line, &run->reference, &slot->person);
}

static void people_clear(struct import_slot *base)
{
    struct import_people_slot *slot = (struct import_people_slot *)base;
    memset(slot, 0, sizeof(*slot));
    base->line = &slot->person.line;
}

static enum err people_digest(const struct import_run *run, struct import_slot *base, bool *ret_counts)
{
    *ret_counts = true;
    return sealed_index(run->context->keyring, SEALED_ID_NUMBER, run->district, base->line->id_number, base->digest);
}

/* The blind index of a value that may be absent. */
static enum err people_index(const struct import_run *run, enum sealed_kind kind, const char *text, uint8_t *ret_index)
{
    if (text[0] == '\0')
        return ERR_NONE;
    return sealed_index(run->context->keyring, kind, run->district, text, ret_index);
}

static enum err people_indexes(const struct import_run *run, struct import_people_slot *slot)
{
    const struct import_person *person = &slot->person;
    enum err err = people_index(run, SEALED_PHONE, person->phone, slot->phone_index);
    if (err == ERR_NONE)
        err = people_index(run, SEALED_CERTIFICATE, person->certificate.text, slot->certificate_index);
    if (err == ERR_NONE)
        err = people_index(run, SEALED_ACCOUNT, person->account, slot->account_index);
    if (err == ERR_NONE)
        err = people_index(run, SEALED_ID_NUMBER, person->holder, slot->holder_index);
    return err;
}

static enum err people_look_up(struct import_run *run)
{
    enum err err = ERR_NONE;
    for (size_t i = 0; i < run->slot_count && err == ERR_NONE; i++)
        if (people_is_good(people_slot(run, i)))
            err = people_indexes(run, people_slot(run, i));
    if (err == ERR_NONE)
        err = import_people_store_look_up(run);
    if (err == ERR_NONE)
        err = import_people_store_unheard(run);
    if (err == ERR_NONE)
        import_people_decide(run);
    return err;
}

const struct import_run_kind import_people_kind = {
    .kind = IMPORT_PEOPLE,
    .slot_bytes = sizeof(struct import_people_slot),
    .read = people_read,
    .clear = people_clear,
    .digest = people_digest,
    .look_up = people_look_up,
    .store = import_people_store_batch,
};
