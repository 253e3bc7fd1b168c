/* Writes XML 1.0 in UTF-8 (libxml2's xmlTextWriter) into a buffer: elements, texts and one attribute; two blanks of
 * indent a level, LF. */
#ifndef HUIMIN_XML_WRITER_H
#define HUIMIN_XML_WRITER_H

#include "buffer.h"
#include "err.h"

struct xml_writer;

/* Writes the declaration. `out` is borrowed and gets what was written by xml_writer_finish() at the latest. NULL when
 * out of memory. */
struct xml_writer *xml_writer_new(struct buffer *out);

/* After the first failure all calls do nothing; xml_writer_finish() says what it was. */
void xml_writer_open(struct xml_writer *writer, const char *name);
void xml_writer_attribute(struct xml_writer *writer, const char *name, const char *value);
void xml_writer_text(struct xml_writer *writer, const char *text);
void xml_writer_close(struct xml_writer *writer);

/* An element that holds a text. */
void xml_writer_element(struct xml_writer *writer, const char *name, const char *text);

/* Hands over what is buffered; call it once every few hundred elements. */
void xml_writer_flush(struct xml_writer *writer);

/* Closes what is open. ERR_BAD_CHARACTERS: a text that XML cannot hold (control characters, U+FFFE, U+FFFF, or not
 * UTF-8); ERR_OUT_OF_MEMORY. */
enum err xml_writer_finish(struct xml_writer *writer);

/* The first failure so far. */
enum err xml_writer_error(const struct xml_writer *writer);

/* NULL is allowed. */
void xml_writer_free(struct xml_writer *writer);

#endif
