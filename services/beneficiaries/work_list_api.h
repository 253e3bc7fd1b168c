/* Handlers of work lists: see routes.c. */
#ifndef HUIMIN_WORK_LIST_API_H
#define HUIMIN_WORK_LIST_API_H

#include "call.h"

enum err work_list_api_list(struct call *call);
enum err work_list_api_summary(struct call *call);

#endif
