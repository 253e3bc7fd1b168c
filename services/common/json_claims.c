#include "json_claims.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { AUDIENCES_MAX = 16, SCOPE_TEXT_BYTES_MAX = 1024 };
static const int64_t time_s_max = 253402300799; /* 9999-12-31T23:59:59Z: sums of two times stay far from overflow */

static json_t *load_object(const char *json, size_t length)
{
    json_t *root = json_loadb(json, length, JSON_REJECT_DUPLICATES, NULL);
    if (root && !json_is_object(root)) {
        json_decref(root);
        root = NULL;
    }
    return root;
}

static const char *get_text(const json_t *root, const char *name)
{
    return json_string_value(json_object_get(root, name));
}

enum err claims_read_header(const char *json, size_t length, struct claims_header *ret_header)
{
    static const char *const refused[] = {"crit", "jku", "jwk", "x5u", "x5c"};
    json_t *root = load_object(json, length);
    bool ok = root != NULL;
    for (size_t i = 0; ok && i < sizeof refused / sizeof *refused; i++) {
        ok = !json_object_get(root, refused[i]);
    }
    const char *typ = get_text(root, "typ"), *alg = get_text(root, "alg"), *kid = get_text(root, "kid");
    ok = ok && typ && alg && kid && jwks_kid_valid(kid) &&
         (strcasecmp(typ, "at+jwt") == 0 || strcasecmp(typ, "application/at+jwt") == 0);
    if (ok && strcmp(alg, "ES256") == 0) {
        ret_header->alg = JWKS_ES256;
    } else if (ok && strcmp(alg, "RS256") == 0) {
        ret_header->alg = JWKS_RS256;
    } else {
        ok = false;
    }
    if (ok) {
        memcpy(ret_header->kid, kid, strlen(kid) + 1);
    }
    json_decref(root);
    return ok ? ERR_NONE : ERR_UNAUTHENTICATED;
}

static bool read_name(const json_t *root, const char *claim, char ret_name[static PRINCIPAL_NAME_BYTES])
{
    const char *text = get_text(root, claim);
    size_t length = text ? strlen(text) : 0;
    if (length < 1 || length >= PRINCIPAL_NAME_BYTES) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '!' || text[i] > '~') {
            return false;
        }
    }
    memcpy(ret_name, text, length + 1);
    return true;
}

/* One person under two spellings would be two people to every comparison of duties. */
static bool read_subject(const json_t *root, char ret_subject[static PRINCIPAL_NAME_BYTES])
{
    if (!read_name(root, "sub", ret_subject)) {
        return false;
    }
    for (char *at = ret_subject; *at; at++) {
        if (*at >= 'A' && *at <= 'Z') {
            *at = (char)(*at - 'A' + 'a');
        }
    }
    return true;
}

static bool audience_fits(const json_t *root, const char *audience)
{
    const json_t *aud = json_object_get(root, "aud");
    if (json_is_string(aud)) {
        return strcmp(json_string_value(aud), audience) == 0;
    }
    if (!json_is_array(aud) || json_array_size(aud) > AUDIENCES_MAX) {
        return false;
    }
    bool found = false;
    for (size_t i = 0; i < json_array_size(aud); i++) {
        const char *text = json_string_value(json_array_get(aud, i));
        if (!text) {
            return false;
        }
        found = found || strcmp(text, audience) == 0;
    }
    return found;
}

static bool read_time(const json_t *root, const char *claim, int64_t *ret_time_s)
{
    const json_t *value = json_object_get(root, claim);
    if (!json_is_integer(value)) {
        return false;
    }
    *ret_time_s = json_integer_value(value);
    return *ret_time_s >= 0 && *ret_time_s <= time_s_max;
}

/* Everything about time except that the token has expired. */
static bool read_times(const json_t *root, int64_t now_s, int64_t *ret_expires_at_s)
{
    int64_t issued_at_s, not_before_s;
    if (!read_time(root, "iat", &issued_at_s) || !read_time(root, "exp", ret_expires_at_s)) {
        return false;
    }
    if (json_object_get(root, "nbf") &&
        (!read_time(root, "nbf", &not_before_s) || not_before_s > now_s + AUTH_SKEW_S)) {
        return false;
    }
    return issued_at_s <= now_s + AUTH_SKEW_S && *ret_expires_at_s > issued_at_s &&
           *ret_expires_at_s - issued_at_s <= AUTH_LIFE_S_MAX;
}

/* RFC 6749 section 3.3: tokens of visible ASCII without " and \, one space between two. Unknown scopes are no
 * scopes. */
static bool read_scopes(const json_t *root, uint32_t *ret_scopes, bool *ret_system_only)
{
    const json_t *claim = json_object_get(root, "scope");
    *ret_scopes = 0;
    *ret_system_only = false;
    if (!claim) {
        return true;
    }
    const char *text = json_string_value(claim);
    if (!text || strlen(text) > SCOPE_TEXT_BYTES_MAX) {
        return false;
    }
    *ret_system_only = *text != '\0';
    while (*text) {
        size_t length = 0;
        while (text[length] > ' ' && text[length] <= '~' && text[length] != '"' && text[length] != '\\') {
            length++;
        }
        bool last = text[length] == '\0';
        if (length == 0 || (!last && (text[length] != ' ' || text[length + 1] == '\0'))) {
            return false;
        }
        *ret_scopes |= scope_from_name(text, length);
        *ret_system_only = *ret_system_only && strncmp(text, "system:", 7) == 0;
        text += length + !last;
    }
    return true;
}

static bool read_district(const json_t *root, bool system_only, int64_t *ret_district)
{
    const json_t *claim = json_object_get(root, "district");
    *ret_district = json_integer_value(claim);
    if (system_only && (!claim || (json_is_integer(claim) && *ret_district == 0))) {
        return true;
    }
    return json_is_integer(claim) && *ret_district >= 100000 && *ret_district <= 999999;
}

static bool read_divisions(const json_t *root, struct principal *principal)
{
    const json_t *claim = json_object_get(root, "divisions");
    principal->divisions_limited = claim != NULL;
    if (!claim) {
        return true;
    }
    if (!json_is_array(claim) || json_array_size(claim) > PRINCIPAL_DIVISIONS_MAX) {
        return false;
    }
    for (size_t i = 0; i < json_array_size(claim); i++) {
        const json_t *item = json_array_get(claim, i);
        int64_t division = json_integer_value(item);
        if (!json_is_integer(item) || division < 100000000 || division > 999999999) {
            return false;
        }
        principal->divisions[principal->division_count++] = division;
    }
    return true;
}

static bool read_programmes(const json_t *root, struct principal *principal)
{
    const json_t *claim = json_object_get(root, "programmes");
    principal->programmes_limited = claim != NULL;
    if (!claim) {
        return true;
    }
    if (!json_is_array(claim) || json_array_size(claim) > PRINCIPAL_PROGRAMMES_MAX) {
        return false;
    }
    for (size_t i = 0; i < json_array_size(claim); i++) {
        const char *code = json_string_value(json_array_get(claim, i));
        size_t length = code ? strlen(code) : 0;
        if (length < 1 || length >= PRINCIPAL_PROGRAMME_BYTES ||
            strspn(code, "abcdefghijklmnopqrstuvwxyz0123456789-") != length) {
            return false;
        }
        memcpy(principal->programmes[principal->programme_count++], code, length + 1);
    }
    return true;
}

static bool read_claims(const json_t *root, const struct claims_expected *expected, struct principal *principal)
{
    const char *iss = get_text(root, "iss");
    bool system_only;
    return iss && strcmp(iss, expected->issuer) == 0 && audience_fits(root, expected->audience) &&
           read_times(root, expected->now_s, &principal->expires_at_s) && read_subject(root, principal->subject) &&
           read_name(root, "client_id", principal->client_id) && read_name(root, "jti", principal->token_id) &&
           read_scopes(root, &principal->scopes, &system_only) &&
           read_district(root, system_only, &principal->district) && read_divisions(root, principal) &&
           read_programmes(root, principal);
}

enum err claims_read(const char *json, size_t length, const struct claims_expected *expected,
                     struct principal *ret_principal)
{
    memset(ret_principal, 0, sizeof *ret_principal);
    json_t *root = load_object(json, length);
    enum err err = ERR_UNAUTHENTICATED;
    if (root && read_claims(root, expected, ret_principal)) {
        /* exp is compared on this side: exp + skew could overflow were exp not bounded. */
        err = ret_principal->expires_at_s > expected->now_s - AUTH_SKEW_S ? ERR_NONE : ERR_TOKEN_EXPIRED;
    }
    json_decref(root);
    if (err != ERR_NONE) {
        memset(ret_principal, 0, sizeof *ret_principal);
    }
    return err;
}

/* Setting a NULL value fails, so a missing text or one that is not UTF-8 is noticed here. */
static bool set_rows(json_t *root, const struct auth_request *request)
{
    json_t *divisions = request->divisions ? json_array() : NULL;
    json_t *programmes = request->programmes ? json_array() : NULL;
    bool ok = true;
    for (size_t i = 0; divisions && i < request->division_count; i++) {
        ok = json_array_append_new(divisions, json_integer(request->divisions[i])) == 0 && ok;
    }
    for (size_t i = 0; programmes && i < request->programme_count; i++) {
        ok = json_array_append_new(programmes, json_string(request->programmes[i])) == 0 && ok;
    }
    ok = (!request->divisions || json_object_set_new(root, "divisions", divisions) == 0) && ok;
    return (!request->programmes || json_object_set_new(root, "programmes", programmes) == 0) && ok;
}

static bool set_scope(json_t *root, uint32_t scopes)
{
    char text[SCOPE_TEXT_BYTES_MAX] = "";
    size_t length = 0;
    for (uint32_t bit = 1; bit; bit <<= 1) {
        const char *name = scope_name(bit);
        if (!(scopes & bit)) {
            continue;
        }
        if (!name || length + strlen(name) + 2 > sizeof text) {
            return false;
        }
        length = (size_t)(stpcpy(stpcpy(text + length, length ? " " : ""), name) - text);
    }
    return length == 0 || json_object_set_new(root, "scope", json_string(text)) == 0;
}

static bool set_claims(json_t *root, const struct auth_request *request)
{
    return json_object_set_new(root, "iss", json_string(request->issuer)) == 0 &&
           json_object_set_new(root, "aud", json_string(request->audience)) == 0 &&
           json_object_set_new(root, "sub", json_string(request->subject)) == 0 &&
           json_object_set_new(root, "client_id", json_string(request->client_id)) == 0 &&
           json_object_set_new(root, "jti", json_string(request->token_id)) == 0 &&
           json_object_set_new(root, "iat", json_integer(request->now_s)) == 0 &&
           json_object_set_new(root, "exp", json_integer(request->now_s + request->life_s)) == 0 &&
           (request->district == 0 || json_object_set_new(root, "district", json_integer(request->district)) == 0) &&
           set_scope(root, request->scopes) && set_rows(root, request);
}

enum err claims_write(const struct auth_request *request, char **ret_json)
{
    *ret_json = NULL;
    if (request->now_s < 0 || request->now_s > time_s_max || request->life_s < 1 || request->life_s > AUTH_LIFE_S_MAX) {
        return ERR_INVALID_FIELDS;
    }
    json_t *root = json_object();
    if (!root) {
        return ERR_OUT_OF_MEMORY;
    }
    bool complete = set_claims(root, request);
    char *json = complete ? json_dumps(root, JSON_COMPACT) : NULL;
    json_decref(root);
    if (!json) {
        return complete ? ERR_OUT_OF_MEMORY : ERR_INVALID_FIELDS;
    }
    /* The reader is the judge of what may be issued: one set of rules. */
    struct claims_expected expected = {request->issuer, request->audience, request->now_s};
    struct principal principal;
    if (claims_read(json, strlen(json), &expected, &principal) != ERR_NONE) {
        free(json);
        return ERR_INVALID_FIELDS;
    }
    *ret_json = json;
    return ERR_NONE;
}
