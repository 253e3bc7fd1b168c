/* A streaming reader of XML 1.0 (libxml2's push parser) for messages from outside: elements by their path, leaf texts
 * whole. No network, no document type, no entities beyond the five predefined ones, UTF-8 only; depth, texts and names
 * are bounded, memory does not grow with the document. */
#ifndef HUIMIN_XML_READER_H
#define HUIMIN_XML_READER_H

#include "err.h"

#include <stddef.h>
#include <stdint.h>

/* Depth of elements, bytes of one element's text, of a path. */
enum { XML_DEPTH_MAX = 24, XML_TEXT_BYTES_MAX = 2048, XML_PATH_BYTES_MAX = 512 };

/* An element as it opens or closes. Valid during the callback only. */
struct xml_element {
    const char *path; /* local names from the root: /Document/Stmt/Id */
    size_t path_length;
    const char *name_space; /* of the root element, "" when it has none */
    const char *text;       /* when it closes: what stood directly in it; "" when it opens */
    const char *currency;   /* value of the attribute Ccy, "" when there is none */
};

/* Anything but ERR_NONE stops the reader and comes back from xml_reader_feed() or _finish(). Elements outside the
 * root's namespace are passed over with all they hold. */
struct xml_handler {
    enum err (*on_open)(void *context, const struct xml_element *element);
    enum err (*on_close)(void *context, const struct xml_element *element);
    void *context;
};

struct xml_reader;

/* NULL when out of memory. */
struct xml_reader *xml_reader_new(const struct xml_handler *handler);

/* Any chunks of valid UTF-8 text without byte order mark. ERR_MESSAGE_UNREADABLE for what is not well-formed, not
 * allowed or over a limit; then again and again. */
enum err xml_reader_feed(struct xml_reader *reader, const char *text, size_t length);

/* ERR_MESSAGE_TRUNCATED when the document is not complete. */
enum err xml_reader_finish(struct xml_reader *reader);

/* The line being read, from 1. */
int64_t xml_reader_line(const struct xml_reader *reader);

/* NULL is allowed. */
void xml_reader_free(struct xml_reader *reader);

#endif
