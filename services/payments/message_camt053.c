/* camt.053.001.08, BankToCustomerStatement (ISO 20022 message definition, catalogue of iso20022.org): one statement to
 * a message, or one page of it. Opening is OPBD or PRCD, closing CLBD; a page in between opens and closes with ITBD.
 * A credit whose details have amounts is one line for each of them (a refund of several payments in one sum), any other
 * entry is one line. */
#include "message_iso20022.h"

#include "text.h"

#include <string.h>

struct camt053 {
    char electronic_no[ISO_ID_BYTES];
    char legal_no[ISO_ID_BYTES];
    char page[ISO_ID_BYTES];
    char last_page[ISO_ID_BYTES];
    char account[ISO_ID_BYTES];
    char entries_said[ISO_ID_BYTES];
    /* a balance, and the two that count */
    char balance_kind[ISO_ID_BYTES];
    char balance[ISO_ID_BYTES];
    char balance_side[ISO_ID_BYTES];
    char balance_day[ISO_ID_BYTES];
    char opening[ISO_ID_BYTES];
    char closing[ISO_ID_BYTES];
    char date[DATE_TEXT_SIZE];
    bool opening_final; /* OPBD or PRCD, not ITBD */
    bool closing_final;
    /* an entry */
    char entry_reference[ISO_ID_BYTES];
    char entry_amount[ISO_ID_BYTES];
    char entry_side[ISO_ID_BYTES];
    char entry_status[ISO_ID_BYTES];
    char entry_bank_reference[ISO_ID_BYTES];
    char entry_family[ISO_ID_BYTES];
    char entry_own_type[ISO_ID_BYTES];
    char entry_text[ISO_TEXT_BYTES];
    char batch_message[ISO_ID_BYTES];
    char batch_payment[ISO_ID_BYTES];
    /* a detail of an entry */
    char end_to_end[ISO_ID_BYTES];
    char message[ISO_ID_BYTES];
    char payment[ISO_ID_BYTES];
    char detail_bank_reference[ISO_ID_BYTES];
    char detail_amount[ISO_ID_BYTES];
    char detail_side[ISO_ID_BYTES];
    char detail_purpose[ISO_ID_BYTES];
    char return_code[ISO_ID_BYTES];
    char return_own_code[ISO_ID_BYTES];
    char return_text[ISO_TEXT_BYTES];
    char detail_text[ISO_TEXT_BYTES];
    char remittance[ISO_TEXT_BYTES];
    char first_message[ISO_ID_BYTES]; /* Refs/MsgId of the entry's first detail */
    bool messages_differ;
    bool statement_read;
    int64_t entries;
    int64_t details;
    int64_t details_with_amount;
    int64_t details_fen;
};

#define ROOT "/Document/BkToCstmrStmt"
#define STMT ROOT "/Stmt"
#define BAL STMT "/Bal"
#define NTRY STMT "/Ntry"
#define TX NTRY "/NtryDtls/TxDtls"

static const struct iso_slot camt053_slots[] = {
    ISO_SLOT(struct camt053, electronic_no, STMT "/ElctrncSeqNb"),
    ISO_SLOT(struct camt053, legal_no, STMT "/LglSeqNb"),
    ISO_SLOT(struct camt053, page, STMT "/StmtPgntn/PgNb"),
    ISO_SLOT(struct camt053, last_page, STMT "/StmtPgntn/LastPgInd"),
    ISO_SLOT(struct camt053, account, STMT "/Acct/Id/Othr/Id"),
    ISO_SLOT(struct camt053, entries_said, STMT "/TxsSummry/TtlNtries/NbOfNtries"),
    ISO_SLOT(struct camt053, balance_kind, BAL "/Tp/CdOrPrtry/Cd"),
    ISO_MONEY(struct camt053, balance, BAL "/Amt"),
    ISO_SLOT(struct camt053, balance_side, BAL "/CdtDbtInd"),
    ISO_SLOT(struct camt053, balance_day, BAL "/Dt/Dt"),
    ISO_SLOT(struct camt053, balance_day, BAL "/Dt/DtTm"),
    ISO_SLOT(struct camt053, entry_reference, NTRY "/NtryRef"),
    ISO_MONEY(struct camt053, entry_amount, NTRY "/Amt"),
    ISO_SLOT(struct camt053, entry_side, NTRY "/CdtDbtInd"),
    ISO_SLOT(struct camt053, entry_status, NTRY "/Sts/Cd"),
    ISO_SLOT(struct camt053, entry_bank_reference, NTRY "/AcctSvcrRef"),
    ISO_SLOT(struct camt053, entry_family, NTRY "/BkTxCd/Domn/Fmly/SubFmlyCd"),
    ISO_SLOT(struct camt053, entry_own_type, NTRY "/BkTxCd/Prtry/Cd"),
    ISO_SLOT(struct camt053, entry_text, NTRY "/AddtlNtryInf"),
    ISO_SLOT(struct camt053, batch_message, NTRY "/NtryDtls/Btch/MsgId"),
    ISO_SLOT(struct camt053, batch_payment, NTRY "/NtryDtls/Btch/PmtInfId"),
    ISO_SLOT(struct camt053, end_to_end, TX "/Refs/EndToEndId"),
    ISO_SLOT(struct camt053, message, TX "/Refs/MsgId"),
    ISO_SLOT(struct camt053, payment, TX "/Refs/PmtInfId"),
    ISO_SLOT(struct camt053, detail_bank_reference, TX "/Refs/AcctSvcrRef"),
    ISO_MONEY(struct camt053, detail_amount, TX "/Amt"),
    ISO_SLOT(struct camt053, detail_side, TX "/CdtDbtInd"),
    ISO_SLOT(struct camt053, detail_purpose, TX "/Purp/Cd"),
    ISO_SLOT(struct camt053, return_code, TX "/RtrInf/Rsn/Cd"),
    ISO_SLOT(struct camt053, return_own_code, TX "/RtrInf/Rsn/Prtry"),
    ISO_SLOT(struct camt053, return_text, TX "/RtrInf/AddtlInf"),
    ISO_SLOT(struct camt053, detail_text, TX "/AddtlTxInf"),
    ISO_SLOT(struct camt053, remittance, TX "/RmtInf/Ustrd"),
};

/* The first text that is not empty. */
static const char *camt053_first(const char *const *texts)
{
    while (**texts == '\0' && texts[1] != NULL)
        texts++;
    return *texts;
}
#define FIRST(...) camt053_first((const char *const[]){__VA_ARGS__, NULL})

static void camt053_clear(char *const *texts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        texts[i][0] = '\0';
}
#define CLEAR(...) camt053_clear((char *const[]){__VA_ARGS__}, sizeof((char *const[]){__VA_ARGS__}) / sizeof(char *))

static void camt053_clear_detail(struct camt053 *state)
{
    CLEAR(state->end_to_end, state->message, state->payment, state->detail_bank_reference, state->detail_amount,
          state->detail_side, state->detail_purpose, state->return_code, state->return_own_code, state->return_text,
          state->detail_text, state->remittance);
}

static void camt053_clear_entry(struct camt053 *state)
{
    CLEAR(state->entry_reference, state->entry_amount, state->entry_side, state->entry_status,
          state->entry_bank_reference, state->entry_family, state->entry_own_type, state->entry_text,
          state->batch_message, state->batch_payment, state->first_message);
    camt053_clear_detail(state);
    state->messages_differ = false;
    state->details = state->details_with_amount = state->details_fen = 0;
}

static enum err camt053_opens(struct camt053 *state, bool final)
{
    if (state->opening_final && final)
        return strcmp(state->opening, state->balance) == 0 ? ERR_NONE : ERR_MESSAGE_UNREADABLE;
    memcpy(state->opening, state->balance, sizeof(state->opening));
    state->opening_final = final;
    return ERR_NONE;
}

static enum err camt053_closes(struct camt053 *state, bool final)
{
    if (state->closing_final)
        return final ? ERR_MESSAGE_UNREADABLE : ERR_NONE;
    memcpy(state->closing, state->balance, sizeof(state->closing));
    state->closing_final = final;
    return iso_day(state->balance_day, state->date) ? ERR_NONE : ERR_MESSAGE_UNREADABLE;
}

/* A debit balance is refused: the account that pays is never overdrawn. Of two intermediate ones the first opens. */
static enum err camt053_on_balance(struct camt053 *state)
{
    const char *kind = state->balance_kind;
    bool opens = strcmp(kind, "OPBD") == 0 || strcmp(kind, "PRCD") == 0;
    bool closes = strcmp(kind, "CLBD") == 0;
    if (!opens && !closes && strcmp(kind, "ITBD") != 0)
        return ERR_NONE;
    if (strcmp(state->balance_side, "CRDT") != 0 || state->balance[0] == '\0')
        return ERR_MESSAGE_UNREADABLE;
    if (opens || (!closes && state->opening[0] == '\0'))
        return camt053_opens(state, opens);
    return camt053_closes(state, closes);
}

/* Sequence numbers are decimals for the standard; ours have no point and no leading zeros. */
static const char *camt053_number(const char *text)
{
    while (text[0] == '0' && text[1] != '\0')
        text++;
    return text;
}

static enum err camt053_header(struct message_core *core, struct camt053 *state)
{
    const char *page = state->page[0] != '\0' ? camt053_number(state->page) : "1";
    const char *flag = state->last_page;
    bool more = state->page[0] != '\0' && (strcmp(flag, "false") == 0 || strcmp(flag, "0") == 0);
    struct bank_values values = {.count = 0};
    if (state->opening[0] == '\0' || state->closing[0] == '\0' || state->account[0] == '\0')
        return ERR_MESSAGE_UNREADABLE;
    bank_values_set(&values, "account", state->account);
    bank_values_set(&values, "statement_no", camt053_number(FIRST(state->electronic_no, state->legal_no)));
    bank_values_set(&values, "part", page);
    bank_values_set(&values, "parts", more ? "0" : page);
    bank_values_set(&values, "date", state->date);
    bank_values_set(&values, "opening", state->opening);
    bank_values_set(&values, "closing", state->closing);
    return message_core_header(core, MESSAGE_STATEMENT, &values);
}

/* What an order of ours is called: a debit by its message, a credit by its payment. */
static const char *camt053_reference(const struct camt053 *state, bool debit)
{
    const char *message = state->messages_differ ? "" : state->first_message;
    const char *end_to_end = state->details > 1 && debit ? "" : state->end_to_end;
    if (strcmp(end_to_end, "NOTPROVIDED") == 0)
        end_to_end = "";
    if (debit)
        return FIRST(state->batch_message, message, state->batch_payment, state->payment, end_to_end);
    return FIRST(end_to_end, state->message, state->payment, state->batch_message, state->batch_payment);
}

/* The bank's code for the kind of an entry: the first that means something to us. */
static const char *camt053_type(const struct message_core *core, const struct camt053 *state)
{
    const char *const codes[] = {state->entry_own_type, state->entry_family, state->detail_purpose};
    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
        if (bank_format_meaning(core->format, BANK_CODE_ENTRY, codes[i]) != NULL)
            return codes[i];
    return FIRST(state->entry_own_type, state->entry_family, state->detail_purpose);
}

static enum err camt053_line(struct message_core *core, const struct camt053 *state, const char *amount)
{
    struct bank_values values = {.count = 0};
    bool debit = strcmp(state->entry_side, "DBIT") == 0;
    if ((!debit && strcmp(state->entry_side, "CRDT") != 0) || strcmp(state->entry_status, "BOOK") != 0)
        return ERR_MESSAGE_UNREADABLE;
    bank_values_set(&values, "direction", debit ? "D" : "C");
    bank_values_set(&values, "amount", amount);
    bank_values_set(&values, "bank_reference",
                    FIRST(state->detail_bank_reference, state->entry_bank_reference, state->entry_reference));
    bank_values_set(&values, "our_reference", camt053_reference(state, debit));
    bank_values_set(&values, "type", camt053_type(core, state));
    bank_values_set(&values, "code", FIRST(state->return_code, state->return_own_code));
    bank_values_set(&values, "text",
                    FIRST(state->return_text, state->detail_text, state->remittance, state->entry_text));
    return message_core_line(core, &values);
}

static enum err camt053_on_detail(struct message_core *core, struct camt053 *state)
{
    int64_t amount_fen;
    state->details++;
    if (state->details == 1)
        memcpy(state->first_message, state->message, sizeof(state->first_message));
    else if (strcmp(state->first_message, state->message) != 0)
        state->messages_differ = true;
    if (state->detail_side[0] != '\0' && strcmp(state->detail_side, state->entry_side) != 0)
        return ERR_MESSAGE_UNREADABLE;
    if (state->detail_amount[0] == '\0')
        return ERR_NONE;
    if (!bank_amount_parse(BANK_AMOUNT_POINT, state->detail_amount, &amount_fen) ||
        !money_add(state->details_fen, amount_fen, &state->details_fen))
        return ERR_MESSAGE_UNREADABLE;
    state->details_with_amount++;
    return strcmp(state->entry_side, "CRDT") == 0 ? camt053_line(core, state, state->detail_amount) : ERR_NONE;
}

static enum err camt053_on_entry(struct message_core *core, struct camt053 *state)
{
    int64_t amount_fen;
    state->entries++;
    if (!bank_amount_parse(BANK_AMOUNT_POINT, state->entry_amount, &amount_fen) ||
        (state->details_with_amount > 0 && state->details_with_amount != state->details))
        return ERR_MESSAGE_UNREADABLE;
    if (state->details_with_amount > 0 && state->details_fen != amount_fen)
        return ERR_MESSAGE_TOTALS;
    bool given = state->details_with_amount > 0 && strcmp(state->entry_side, "CRDT") == 0;
    return given ? ERR_NONE : camt053_line(core, state, state->entry_amount);
}

static enum err camt053_on_statement(struct message_core *core, struct camt053 *state)
{
    int64_t said;
    enum err err = core->kind == MESSAGE_NONE ? camt053_header(core, state) : ERR_NONE;
    if (err != ERR_NONE || state->entries_said[0] == '\0')
        return err;
    if (!text_to_int64(state->entries_said, 0, INT32_MAX, &said))
        return ERR_MESSAGE_UNREADABLE;
    return said == state->entries ? ERR_NONE : ERR_MESSAGE_TOTALS;
}

static enum err camt053_on_open(struct message_core *core, void *context, const struct xml_element *element)
{
    struct camt053 *state = context;
    if (ISO_IS(element, STMT)) {
        bool second = state->statement_read;
        state->statement_read = true;
        return second ? ERR_MESSAGE_UNREADABLE : ERR_NONE;
    }
    if (ISO_IS(element, BAL)) {
        if (core->kind != MESSAGE_NONE)
            return ERR_MESSAGE_UNREADABLE; /* after the first entry */
        CLEAR(state->balance_kind, state->balance, state->balance_side, state->balance_day);
    }
    if (ISO_IS(element, NTRY)) {
        camt053_clear_entry(state);
        return core->kind == MESSAGE_NONE ? camt053_header(core, state) : ERR_NONE;
    }
    if (ISO_IS(element, TX))
        camt053_clear_detail(state);
    return ERR_NONE;
}

static enum err camt053_on_close(struct message_core *core, void *context, const struct xml_element *element)
{
    struct camt053 *state = context;
    enum err err = iso_take(camt053_slots, sizeof(camt053_slots) / sizeof(camt053_slots[0]), state, element);
    if (err != ERR_NONE)
        return err;
    if (ISO_IS(element, TX))
        return camt053_on_detail(core, state);
    if (ISO_IS(element, NTRY))
        return camt053_on_entry(core, state);
    if (ISO_IS(element, BAL))
        return camt053_on_balance(state);
    if (ISO_IS(element, STMT))
        return camt053_on_statement(core, state);
    if (!ISO_IS(element, "/Document"))
        return ERR_NONE;
    struct bank_values none = {.count = 0};
    return core->kind == MESSAGE_STATEMENT ? message_core_trailer(core, &none) : ERR_MESSAGE_UNREADABLE;
}

const struct iso_message iso_camt053 = {"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08", sizeof(struct camt053),
                                        camt053_on_open, camt053_on_close};
