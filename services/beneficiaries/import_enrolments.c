#include "import_enrolments.h"

#include "import_enrolments_store.h"
#include "sealed.h"

#include <stdio.h>
#include <string.h>

static void enrolments_read(const struct import_run *run, char *const *fields, uint64_t line, struct import_slot *base)
{
    struct import_enrolment_slot *slot = (struct import_enrolment_slot *)base;
    base->line = &slot->enrolment.line;
    import_read_enrolment(&run->header, fields, line, &run->reference, &slot->enrolment);
}

static void enrolments_clear(struct import_slot *base)
{
    struct import_enrolment_slot *slot = (struct import_enrolment_slot *)base;
    memset(slot, 0, sizeof(*slot));
    base->line = &slot->enrolment.line;
}

/* A person may stand in a list once for each item. */
static enum err enrolments_digest(const struct import_run *run, struct import_slot *base, bool *ret_counts)
{
    struct import_enrolment_slot *slot = (struct import_enrolment_slot *)base;
    const struct import_item *item = slot->enrolment.item;
    char text[ID_NUMBER_SIZE + IMPORT_CODE_SIZE];
    enum err err =
        sealed_index(run->context->keyring, SEALED_ID_NUMBER, run->district, base->line->id_number, slot->id_index);
    *ret_counts = item != NULL;
    if (err != ERR_NONE || item == NULL)
        return err;
    snprintf(text, sizeof(text), "%s|%s", base->line->id_number, item->code);
    return keyring_index(run->context->keyring, "enrolment_line", run->district, text, base->digest);
}

const struct import_run_kind import_enrolments_kind = {
    .kind = IMPORT_ENROLMENTS,
    .slot_bytes = sizeof(struct import_enrolment_slot),
    .read = enrolments_read,
    .clear = enrolments_clear,
    .digest = enrolments_digest,
    .look_up = import_enrolments_store_look_up,
    .store = import_enrolments_store_batch,
};
