/* pain.001.001.09, CustomerCreditTransferInitiation (ISO 20022 message definition, catalogue of iso20022.org): one
 * payment information to a file. Called by payment_writer.c only. */
#ifndef HUIMIN_PAYMENT_WRITER_ISO20022_H
#define HUIMIN_PAYMENT_WRITER_ISO20022_H

#include "bank_format.h"
#include "xml_writer.h"

/* Values and errors of payment_writer.h. */
enum err iso20022_write_header(struct xml_writer *xml, const struct bank_values *values);
enum err iso20022_write_line(struct xml_writer *xml, const struct bank_values *values);
enum err iso20022_write_end(struct xml_writer *xml);

#endif
