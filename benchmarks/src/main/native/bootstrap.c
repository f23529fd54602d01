/* A runtime with no language under it: polls the Runtime API on one plain socket and returns each event as its own result. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#define LONGEST (8 * 1024 * 1024)

static char buffer[LONGEST];
static char request[LONGEST];

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static void send_all(int fd, const char *bytes, size_t length) {
    while (length > 0) {
        ssize_t sent = write(fd, bytes, length);
        if (sent <= 0) fail("write");
        bytes += sent;
        length -= (size_t)sent;
    }
}

static char *header(char *head, const char *name) {
    size_t length = strlen(name);
    for (char *line = strstr(head, "\r\n"); line; line = strstr(line + 2, "\r\n"))
        if (strncasecmp(line + 2, name, length) == 0) return line + 2 + length + 1;
    return NULL;
}

/* Reads one answer; returns where its body starts and how long it is. */
static char *receive(int fd, size_t *length) {
    size_t have = 0;
    for (;;) {
        ssize_t got = read(fd, buffer + have, LONGEST - 1 - have);
        if (got <= 0) exit(0);
        have += (size_t)got;
        buffer[have] = 0;
        char *end = strstr(buffer, "\r\n\r\n");
        if (!end) continue;
        char *value = header(buffer, "content-length");
        *length = value ? (size_t)atol(value) : 0;
        char *body = end + 4;
        while (have < (size_t)(body - buffer) + *length) {
            got = read(fd, buffer + have, LONGEST - 1 - have);
            if (got <= 0) exit(0);
            have += (size_t)got;
        }
        return body;
    }
}

int main(void) {
    char host[256], id[64];
    const char *api = getenv("AWS_LAMBDA_RUNTIME_API");
    if (!api) return 2;
    snprintf(host, sizeof host, "%s", api);
    char *colon = strrchr(host, ':');
    *colon = 0;
    int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(colon + 1))};
    inet_pton(AF_INET, host, &to.sin_addr);
    if (connect(fd, (struct sockaddr *)&to, sizeof to) != 0) fail("connect");
    for (;;) {
        size_t length, ignored;
        int n = snprintf(request, LONGEST, "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: %s\r\n\r\n", api);
        send_all(fd, request, (size_t)n);
        char *event = receive(fd, &length);
        char *value = header(buffer, "lambda-runtime-aws-request-id");
        while (*value == ' ') value++;
        snprintf(id, sizeof id, "%.36s", value);
        n = snprintf(request, LONGEST,
                     "POST /2018-06-01/runtime/invocation/%s/response HTTP/1.1\r\nHost: %s\r\nContent-Length: %zu\r\n\r\n", id, api,
                     length);
        memcpy(request + n, event, length);
        send_all(fd, request, (size_t)n + length);
        receive(fd, &ignored);
    }
}
