#include "auth.h"
#include "command.h"
#include "jwks.h"
#include "token_request.h"

#include <limits.h>
#include <stdlib.h>
#include <time.h>

static enum command_exit token_print(const struct signing_key *key, const struct token_request *request,
                                     const struct config *config)
{
    const struct auth_request issue = {
        .issuer = config->token_issuer,
        .audience = config->token_audience,
        .subject = request->subject,
        .client_id = "huimin",
        .scopes = request->scopes,
        .district = request->district,
        .divisions = request->divisions.count > 0 ? request->division_codes : NULL,
        .division_count = request->divisions.count,
        .programmes = request->programmes.count > 0 ? request->programmes.values : NULL,
        .programme_count = request->programmes.count,
        .now_s = time(NULL),
        .life_s = request->life_s,
    };
    char *token = NULL;
    enum err err = auth_issue(key, &issue, &token);
    if (err == ERR_INVALID_FIELDS)
        return command_fail(NULL, "主体、项目代码或签发者不合规，无法签发",
                            "the subject, a programme code or the issuer is not of the allowed form");
    if (err != ERR_NONE)
        return command_fail(NULL, err_title(err, true), err_title(err, false));
    puts(token);
    free(token);
    return COMMAND_DONE;
}

enum command_exit token_command(const struct config *config, const char *const *arguments, size_t argument_count)
{
    struct token_request request;
    if (!token_request_read(arguments, argument_count, &request, stderr))
        return COMMAND_USAGE;
    char path[PATH_MAX];
    int length = snprintf(path, sizeof(path), "%s/signing-key.pem", request.dir);
    struct signing_key key;
    if (length >= PATH_MAX || signing_key_load(path, &key) != ERR_NONE)
        return command_fail(request.dir, "没有可用的 signing-key.pem，请先运行 huimin keys init",
                            "no usable signing-key.pem; run huimin keys init first");
    enum command_exit status = token_print(&key, &request, config);
    signing_key_wipe(&key);
    return status;
}
