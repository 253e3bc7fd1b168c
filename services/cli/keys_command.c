#include "command.h"
#include "jwks.h"
#include "keyring.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

struct keys_paths {
    char keyring[PATH_MAX];
    char signing_key[PATH_MAX];
    char jwks[PATH_MAX];
};

static bool keys_path(char ret_path[static PATH_MAX], const char *folder, const char *name)
{
    int length = snprintf(ret_path, PATH_MAX, "%s/%s", folder, name);
    return length > 0 && length < PATH_MAX;
}

static void keys_say(const char *path, bool made)
{
    printf("%s\t%s\n", path, made ? "已生成 / created" : "已存在，未改动 / kept");
}

static enum command_exit keys_make_keyring(const char *path)
{
    char reason[KEYRING_REASON_BYTES];
    struct keyring *keyring = NULL;
    enum err made = keyring_generate(path);
    if (made != ERR_NONE && made != ERR_ALREADY_EXISTS)
        return command_fail(path, "无法写入", "cannot be written");
    if (keyring_load_explained(path, &keyring, reason) != ERR_NONE)
        return command_fail(NULL, "密钥环无法使用", reason);
    keyring_free(keyring);
    keys_say(path, made == ERR_NONE);
    return COMMAND_DONE;
}

static enum command_exit keys_make_signing_key(const char *path, struct signing_key *ret_key)
{
    enum err made = signing_key_generate(path);
    if (made != ERR_NONE && made != ERR_ALREADY_EXISTS)
        return command_fail(path, "无法写入", "cannot be written");
    if (signing_key_load(path, ret_key) != ERR_NONE)
        return command_fail(path, "不是仅本人可读的 P-256 私钥",
                            "not a P-256 private key that only its owner can read");
    keys_say(path, made == ERR_NONE);
    return COMMAND_DONE;
}

/* A set that is there may hold the keys of another issuer as well, so it is never replaced; but one without
 * our own key would make every token useless, which must be said now. */
static enum command_exit keys_make_jwks(const char *path, const struct signing_key *key)
{
    char reason[JWKS_REASON_BYTES];
    struct jwks jwks;
    struct stat status;
    bool missing = lstat(path, &status) != 0 && errno == ENOENT;
    if (missing && jwks_write(key, 1, path) != ERR_NONE)
        return command_fail(path, "无法写入", "cannot be written");
    if (jwks_load(path, &jwks, reason) != ERR_NONE)
        return command_fail(NULL, "公钥集无法使用", reason);
    bool ours = jwks_find(&jwks, key->kid) != NULL;
    jwks_release(&jwks);
    if (!ours)
        return command_fail(path, "不含 signing-key.pem 的公钥，请移走该文件后重试",
                            "does not hold the key of signing-key.pem; move it away and repeat");
    keys_say(path, missing);
    return COMMAND_DONE;
}

enum command_exit keys_init_command(const struct config *config, const char *const *arguments, size_t argument_count)
{
    (void)config;
    static const struct option_rule rules[] = {{"dir", OPTION_TEXT, 0, true, 0, 0}};
    const char *folder = NULL;
    if (!options_read(rules, 1, arguments, argument_count, &folder, stderr))
        return COMMAND_USAGE;
    struct keys_paths paths;
    if (!keys_path(paths.keyring, folder, "keyring") || !keys_path(paths.signing_key, folder, "signing-key.pem") ||
        !keys_path(paths.jwks, folder, "jwks.json"))
        return command_fail(folder, "路径过长", "the path is too long");
    if (mkdir(folder, 0700) != 0 && errno != EEXIST)
        return command_fail(folder, "无法创建目录", "the folder cannot be made");
    struct signing_key key;
    enum command_exit status = keys_make_keyring(paths.keyring);
    if (status == COMMAND_DONE)
        status = keys_make_signing_key(paths.signing_key, &key);
    if (status == COMMAND_DONE) {
        status = keys_make_jwks(paths.jwks, &key);
        signing_key_wipe(&key);
    }
    return status;
}
