/* HTTP handlers of change lists. */
#ifndef HUIMIN_CHANGE_LIST_API_H
#define HUIMIN_CHANGE_LIST_API_H

#include "call.h"

enum err change_list_api_create(struct call *call);
enum err change_list_api_list(struct call *call);
enum err change_list_api_get(struct call *call);
enum err change_list_api_lines(struct call *call);
enum err change_list_api_errors(struct call *call);
enum err change_list_api_apply(struct call *call);
enum err change_list_api_approve(struct call *call);
enum err change_list_api_undo(struct call *call);

#endif
