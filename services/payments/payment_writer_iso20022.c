#include "payment_writer_iso20022.h"

#include "utf8.h"

#include <string.h>

#define ISO20022_NAMESPACE "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"

/* Purpose and category purpose (ISO 20022 external code sets): a social security benefit. */
static const char iso20022_purpose[] = "SSBE";

/* Max35Text and Max140Text of the standard; name and account as the clearing system CNAPS2 takes them. */
enum { ISO20022_ID_MAX = 35, ISO20022_TEXT_MAX = 140, ISO20022_NAME_MAX = 60, ISO20022_ACCOUNT_MAX = 32 };

/* An element with a value of at most max characters. Missing or empty: ERR_INTERNAL, as the standard wants it. */
static enum err iso20022_value(struct xml_writer *xml, const char *element, const struct bank_values *values,
                               const char *name, size_t max)
{
    const char *text = bank_values_get(values, name);
    size_t length = utf8_length_chars(text);
    if (length == 0)
        return ERR_INTERNAL;
    if (length == SIZE_MAX)
        return ERR_ENCODING;
    if (length > max)
        return ERR_TOO_LONG;
    xml_writer_element(xml, element, text);
    return xml_writer_error(xml);
}

static enum err iso20022_amount(struct xml_writer *xml, const struct bank_values *values)
{
    const char *amount = bank_values_get(values, "amount");
    if (*amount == '\0')
        return ERR_INTERNAL;
    xml_writer_open(xml, "Amt");
    xml_writer_open(xml, "InstdAmt");
    xml_writer_attribute(xml, "Ccy", "CNY");
    xml_writer_text(xml, amount);
    xml_writer_close(xml);
    xml_writer_close(xml);
    return xml_writer_error(xml);
}

static void iso20022_code(struct xml_writer *xml, const char *element, const char *code)
{
    xml_writer_open(xml, element);
    xml_writer_element(xml, "Cd", code);
    xml_writer_close(xml);
}

/* A party by its name and, for us, the number that the bank gave us. */
static enum err iso20022_party(struct xml_writer *xml, const char *element, const struct bank_values *values,
                               const char *name, const char *unit)
{
    xml_writer_open(xml, element);
    enum err err = iso20022_value(xml, "Nm", values, name, ISO20022_NAME_MAX);
    if (err == ERR_NONE && unit != NULL) {
        xml_writer_open(xml, "Id");
        xml_writer_open(xml, "OrgId");
        xml_writer_open(xml, "Othr");
        err = iso20022_value(xml, "Id", values, unit, ISO20022_ID_MAX);
        xml_writer_close(xml);
        xml_writer_close(xml);
        xml_writer_close(xml);
    }
    xml_writer_close(xml);
    return err;
}

static enum err iso20022_account(struct xml_writer *xml, const char *element, const struct bank_values *values,
                                 const char *currency)
{
    xml_writer_open(xml, element);
    xml_writer_open(xml, "Id");
    xml_writer_open(xml, "Othr");
    enum err err = iso20022_value(xml, "Id", values, "account", ISO20022_ACCOUNT_MAX);
    xml_writer_close(xml);
    xml_writer_close(xml);
    if (currency != NULL)
        xml_writer_element(xml, "Ccy", currency);
    xml_writer_close(xml);
    return err;
}

/* A bank by its CNAPS number. fallback: the value that names it when there is none; NULL leaves the bank out. */
static enum err iso20022_bank(struct xml_writer *xml, const char *element, const struct bank_values *values,
                              const char *fallback)
{
    bool known = *bank_values_get(values, "bank_number") != '\0';
    if (!known && fallback == NULL)
        return ERR_NONE;
    xml_writer_open(xml, element);
    xml_writer_open(xml, "FinInstnId");
    xml_writer_open(xml, known ? "ClrSysMmbId" : "Othr");
    if (known)
        iso20022_code(xml, "ClrSysId", "CNAPS");
    enum err err =
        iso20022_value(xml, known ? "MmbId" : "Id", values, known ? "bank_number" : fallback, ISO20022_ID_MAX);
    xml_writer_close(xml);
    xml_writer_close(xml);
    xml_writer_close(xml);
    return err;
}

static enum err iso20022_sums(struct xml_writer *xml, const struct bank_values *values)
{
    enum err err = iso20022_value(xml, "NbOfTxs", values, "count", 15);
    return err == ERR_NONE ? iso20022_value(xml, "CtrlSum", values, "total", 19) : err;
}

static enum err iso20022_day(struct xml_writer *xml, const struct bank_values *values)
{
    struct date date;
    char day[DATE_TEXT_SIZE];
    if (!date_parse_compact(bank_values_get(values, "date"), &date))
        return ERR_INTERNAL;
    date_format(date, day);
    xml_writer_open(xml, "ReqdExctnDt");
    xml_writer_element(xml, "Dt", day);
    xml_writer_close(xml);
    return xml_writer_error(xml);
}

static enum err iso20022_group(struct xml_writer *xml, const struct bank_values *values)
{
    xml_writer_open(xml, "GrpHdr");
    enum err err = iso20022_value(xml, "MsgId", values, "file", ISO20022_ID_MAX);
    if (err == ERR_NONE)
        err = iso20022_value(xml, "CreDtTm", values, "created_at", ISO20022_ID_MAX);
    if (err == ERR_NONE)
        err = iso20022_sums(xml, values);
    if (err == ERR_NONE)
        err = iso20022_party(xml, "InitgPty", values, "debtor", "unit");
    xml_writer_close(xml);
    return err;
}

enum err iso20022_write_header(struct xml_writer *xml, const struct bank_values *values)
{
    xml_writer_open(xml, "Document");
    xml_writer_attribute(xml, "xmlns", ISO20022_NAMESPACE);
    xml_writer_open(xml, "CstmrCdtTrfInitn");
    enum err err = iso20022_group(xml, values);
    if (err != ERR_NONE)
        return err;
    /* One payment information, under the message's own number: statements name either. */
    xml_writer_open(xml, "PmtInf");
    err = iso20022_value(xml, "PmtInfId", values, "file", ISO20022_ID_MAX);
    xml_writer_element(xml, "PmtMtd", "TRF");
    xml_writer_element(xml, "BtchBookg", "true");
    if (err == ERR_NONE)
        err = iso20022_sums(xml, values);
    xml_writer_open(xml, "PmtTpInf");
    iso20022_code(xml, "CtgyPurp", iso20022_purpose);
    xml_writer_close(xml);
    if (err == ERR_NONE)
        err = iso20022_day(xml, values);
    if (err == ERR_NONE)
        err = iso20022_party(xml, "Dbtr", values, "debtor", "unit");
    if (err == ERR_NONE)
        err = iso20022_account(xml, "DbtrAcct", values, "CNY");
    if (err == ERR_NONE)
        err = iso20022_bank(xml, "DbtrAgt", values, "agency");
    return err == ERR_NONE ? xml_writer_error(xml) : err;
}

enum err iso20022_write_line(struct xml_writer *xml, const struct bank_values *values)
{
    xml_writer_open(xml, "CdtTrfTxInf");
    xml_writer_open(xml, "PmtId");
    enum err err = iso20022_value(xml, "EndToEndId", values, "reference", ISO20022_ID_MAX);
    xml_writer_close(xml);
    if (err == ERR_NONE)
        err = iso20022_amount(xml, values);
    if (err == ERR_NONE)
        err = iso20022_bank(xml, "CdtrAgt", values, NULL);
    if (err == ERR_NONE)
        err = iso20022_party(xml, "Cdtr", values, "name", NULL);
    if (err == ERR_NONE)
        err = iso20022_account(xml, "CdtrAcct", values, NULL);
    iso20022_code(xml, "Purp", iso20022_purpose);
    if (err == ERR_NONE && *bank_values_get(values, "remittance") != '\0') {
        xml_writer_open(xml, "RmtInf");
        err = iso20022_value(xml, "Ustrd", values, "remittance", ISO20022_TEXT_MAX);
        xml_writer_close(xml);
    }
    xml_writer_close(xml);
    return err == ERR_NONE ? xml_writer_error(xml) : err;
}

enum err iso20022_write_end(struct xml_writer *xml)
{
    xml_writer_close(xml);
    xml_writer_close(xml);
    xml_writer_close(xml);
    return xml_writer_finish(xml);
}
