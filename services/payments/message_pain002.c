/* pain.002.001.10, CustomerPaymentStatusReport (ISO 20022 message definition, catalogue of iso20022.org). Without
 * transactions it is the acknowledgement of a file (GrpSts); with them each TxInfAndSts is a line of a result. Counts
 * and sums are those of NbOfTxsPerSts, of the group and of each payment information, where they are said. */
#include "message_iso20022.h"

#include "text.h"

#include <stdio.h>
#include <string.h>

struct pain002_sums {
    bool said;
    bool total_said;
    int64_t count;
    int64_t total_fen;
};

struct pain002 {
    char created[ISO_ID_BYTES];
    char file[ISO_ID_BYTES];
    char original_count[ISO_ID_BYTES];
    char original_total[ISO_ID_BYTES];
    char group_status[ISO_ID_BYTES];
    char group_code[ISO_ID_BYTES];
    char group_own_code[ISO_ID_BYTES];
    char group_text[ISO_TEXT_BYTES];
    /* of the status whose number is given */
    char sum_count[ISO_ID_BYTES];
    char sum_total[ISO_ID_BYTES];
    /* of a transaction */
    char reference[ISO_ID_BYTES];
    char status[ISO_ID_BYTES];
    char code[ISO_ID_BYTES];
    char own_code[ISO_ID_BYTES];
    char text[ISO_TEXT_BYTES];
    char amount[ISO_ID_BYTES];
    char name[ISO_TEXT_BYTES];
    char account[ISO_ID_BYTES];
    bool group_read;
    struct pain002_sums group;
    struct pain002_sums batch;
    int64_t batch_lines_before;
    int64_t batch_total_before_fen;
};

#define ROOT "/Document/CstmrPmtStsRpt"
#define GROUP ROOT "/OrgnlGrpInfAndSts"
#define BATCH ROOT "/OrgnlPmtInfAndSts"
#define LINE BATCH "/TxInfAndSts"

static const struct iso_slot pain002_slots[] = {
    ISO_SLOT(struct pain002, created, ROOT "/GrpHdr/CreDtTm"),
    ISO_SLOT(struct pain002, file, GROUP "/OrgnlMsgId"),
    ISO_SLOT(struct pain002, original_count, GROUP "/OrgnlNbOfTxs"),
    ISO_SLOT(struct pain002, original_total, GROUP "/OrgnlCtrlSum"),
    ISO_SLOT(struct pain002, group_status, GROUP "/GrpSts"),
    ISO_SLOT(struct pain002, group_code, GROUP "/StsRsnInf/Rsn/Cd"),
    ISO_SLOT(struct pain002, group_own_code, GROUP "/StsRsnInf/Rsn/Prtry"),
    ISO_SLOT(struct pain002, group_text, GROUP "/StsRsnInf/AddtlInf"),
    ISO_SLOT(struct pain002, sum_count, GROUP "/NbOfTxsPerSts/DtldNbOfTxs"),
    ISO_SLOT(struct pain002, sum_total, GROUP "/NbOfTxsPerSts/DtldCtrlSum"),
    ISO_SLOT(struct pain002, sum_count, BATCH "/NbOfTxsPerSts/DtldNbOfTxs"),
    ISO_SLOT(struct pain002, sum_total, BATCH "/NbOfTxsPerSts/DtldCtrlSum"),
    ISO_SLOT(struct pain002, reference, LINE "/OrgnlEndToEndId"),
    ISO_SLOT(struct pain002, status, LINE "/TxSts"),
    ISO_SLOT(struct pain002, code, LINE "/StsRsnInf/Rsn/Cd"),
    ISO_SLOT(struct pain002, own_code, LINE "/StsRsnInf/Rsn/Prtry"),
    ISO_SLOT(struct pain002, text, LINE "/StsRsnInf/AddtlInf"),
    ISO_MONEY(struct pain002, amount, LINE "/OrgnlTxRef/Amt/InstdAmt"),
    ISO_SLOT(struct pain002, name, LINE "/OrgnlTxRef/Cdtr/Pty/Nm"),
    ISO_SLOT(struct pain002, account, LINE "/OrgnlTxRef/CdtrAcct/Id/Othr/Id"),
};

static enum err pain002_header(struct message_core *core, struct pain002 *state, enum message_kind kind)
{
    char day[DATE_TEXT_SIZE];
    struct bank_values values = {.count = 0};
    if (!state->group_read || state->file[0] == '\0' || !iso_day(state->created, day))
        return ERR_MESSAGE_UNREADABLE;
    bank_values_set(&values, "file", state->file);
    if (kind == MESSAGE_RESULT) {
        bank_values_set(&values, "date", day);
        return message_core_header(core, kind, &values);
    }
    if (state->original_count[0] != '\0')
        bank_values_set(&values, "count", state->original_count);
    if (state->original_total[0] != '\0')
        bank_values_set(&values, "total", state->original_total);
    bank_values_set(&values, "verdict", state->group_status);
    bank_values_set(&values, "code", state->group_code[0] != '\0' ? state->group_code : state->group_own_code);
    bank_values_set(&values, "text", state->group_text);
    return message_core_header(core, kind, &values);
}

static enum err pain002_on_open(struct message_core *core, void *context, const struct xml_element *element)
{
    struct pain002 *state = context;
    if (core->ended)
        return ERR_MESSAGE_TOTALS;
    if (ISO_IS(element, GROUP) && state->group_read)
        return ERR_MESSAGE_UNREADABLE;
    if (ISO_IS(element, BATCH)) {
        state->batch = (struct pain002_sums){0};
        state->batch_lines_before = core->count;
        state->batch_total_before_fen = core->total_fen;
    }
    if (ISO_IS(element, GROUP "/NbOfTxsPerSts") || ISO_IS(element, BATCH "/NbOfTxsPerSts"))
        state->sum_count[0] = state->sum_total[0] = '\0';
    if (!ISO_IS(element, LINE))
        return ERR_NONE;
    char *const slots[] = {state->reference, state->status, state->code,    state->own_code,
                           state->text,      state->amount, state->account, state->name};
    for (size_t i = 0; i < sizeof(slots) / sizeof(slots[0]); i++)
        slots[i][0] = '\0';
    return core->kind == MESSAGE_NONE ? pain002_header(core, state, MESSAGE_RESULT) : ERR_NONE;
}

static enum err pain002_on_line(struct message_core *core, struct pain002 *state)
{
    struct bank_values values = {.count = 0};
    bank_values_set(&values, "reference", state->reference);
    bank_values_set(&values, "name", state->name);
    bank_values_set(&values, "amount", state->amount);
    bank_values_set(&values, "account", state->account);
    bank_values_set(&values, "status", state->status);
    bank_values_set(&values, "code", state->code[0] != '\0' ? state->code : state->own_code);
    bank_values_set(&values, "text", state->text);
    return message_core_line(core, &values);
}

static enum err pain002_on_sum(struct pain002 *state, struct pain002_sums *sums)
{
    int64_t count;
    int64_t total_fen = 0;
    bool total_said = state->sum_total[0] != '\0';
    if (!text_to_int64(state->sum_count, 0, INT32_MAX, &count) ||
        (total_said && !bank_amount_parse(BANK_AMOUNT_POINT, state->sum_total, &total_fen)))
        return ERR_MESSAGE_UNREADABLE;
    sums->total_said = total_said && (sums->total_said || !sums->said);
    sums->said = true;
    sums->count += count;
    return money_add(sums->total_fen, total_fen, &sums->total_fen) ? ERR_NONE : ERR_MESSAGE_TOTALS;
}

static bool pain002_sums_agree(const struct pain002_sums *sums, int64_t count, int64_t total_fen)
{
    return !sums->said || (sums->count == count && (!sums->total_said || sums->total_fen == total_fen));
}

/* The closing root is the trailer. */
static enum err pain002_on_end(struct message_core *core, struct pain002 *state)
{
    struct bank_values none = {.count = 0};
    if (core->kind == MESSAGE_NONE)
        return pain002_header(core, state, MESSAGE_ACKNOWLEDGEMENT);
    if (!pain002_sums_agree(&state->group, core->count, core->total_fen))
        return ERR_MESSAGE_TOTALS;
    return message_core_trailer(core, &none);
}

static enum err pain002_on_close(struct message_core *core, void *context, const struct xml_element *element)
{
    struct pain002 *state = context;
    enum err err = iso_take(pain002_slots, sizeof(pain002_slots) / sizeof(pain002_slots[0]), state, element);
    if (err != ERR_NONE)
        return err;
    if (ISO_IS(element, LINE))
        return pain002_on_line(core, state);
    if (ISO_IS(element, GROUP "/NbOfTxsPerSts"))
        return pain002_on_sum(state, &state->group);
    if (ISO_IS(element, BATCH "/NbOfTxsPerSts"))
        return pain002_on_sum(state, &state->batch);
    if (ISO_IS(element, GROUP))
        state->group_read = true;
    bool lines = core->count > state->batch_lines_before;
    if (ISO_IS(element, BATCH) && lines &&
        !pain002_sums_agree(&state->batch, core->count - state->batch_lines_before,
                            core->total_fen - state->batch_total_before_fen))
        return ERR_MESSAGE_TOTALS;
    return ISO_IS(element, "/Document") ? pain002_on_end(core, state) : ERR_NONE;
}

const struct iso_message iso_pain002 = {"urn:iso:std:iso:20022:tech:xsd:pain.002.001.10", sizeof(struct pain002),
                                        pain002_on_open, pain002_on_close};
