/* Handlers of /beneficiaries/notices and /beneficiaries/objections. */
#ifndef HUIMIN_NOTICE_API_H
#define HUIMIN_NOTICE_API_H

#include "call.h"

enum err notice_api_create(struct call *call);
enum err notice_api_list(struct call *call);
enum err notice_api_get(struct call *call);
enum err notice_api_posted(struct call *call);

/* objection_api.c */
enum err objection_api_create(struct call *call);
enum err objection_api_list(struct call *call);
enum err objection_api_get(struct call *call);
enum err objection_api_decide(struct call *call);

#endif
