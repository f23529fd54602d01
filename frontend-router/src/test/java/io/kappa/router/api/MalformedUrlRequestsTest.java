package io.kappa.router.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever browsers and those who are none send to a function URL, the function gets to see it or the caller is told what is wrong. */
class MalformedUrlRequestsTest extends FunctionApi {
    private static final long SEED = Long.getLong("kappa.malformed.seed", 1);
    private static final int REQUESTS = Integer.getInteger("kappa.malformed.requests", 200);

    private static final List<String> METHODS =
            List.of("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND", "x");
    private static final List<String> PATHS = List.of(
            "",
            "/",
            "//",
            "/../../..",
            "/%2e%2e/%2F",
            "/%",
            "/%zz%c3%28",
            "/\u00fc/\ud83d\ude00",
            "/2015-03-31/functions/f/invocations",
            "/a;b=c/d",
            "/" + "p".repeat(30_000));
    private static final List<String> QUERIES = List.of(
            "",
            "?",
            "?&&=&=x",
            "?a=%&b=%zz",
            "?a=1&a=2&a",
            "?\u00e4=\u00f6",
            "?X-Amz-Signature=&X-Amz-Credential=",
            "?q=" + "v".repeat(20_000));
    private static final List<String> HEADERS = List.of(
            "Cookie: ;;=;a=b; ;c",
            "Cookie: " + "k=v; ".repeat(8000),
            "Content-Type: \u00ff/;charset=",
            "Content-Type: application/json; charset=nothing",
            "Content-Encoding: br",
            "Origin: null",
            "Origin: ://",
            "Access-Control-Request-Method: \u0080",
            "Access-Control-Request-Headers: , ,*",
            "Authorization: AWS4-HMAC-SHA256 Credential=/, Signature=",
            "X-Forwarded-For: 999.999.999.999, ::, x",
            "X-Forwarded-Proto: gopher",
            "X-Forwarded-Port: -1",
            "X-Amzn-Trace-Id: Root=1-x;Lineage=|||",
            "Expect: nothing",
            "Upgrade: websocket",
            "Range: bytes=5-1",
            "Accept-Language: " + "de,".repeat(10_000));

    @Test
    void anyRequestIsSeenByTheFunctionOrRefused() {
        var created = SampleRequests.json(api.post(
                        "/2021-10-31/functions/f/url",
                        "{\"AuthType\":\"NONE\",\"Cors\":{\"AllowOrigins\":[\"*\"],\"AllowMethods\":[\"*\"]}}")
                .body());
        var id = created.path("FunctionUrl").asText().replaceFirst(".*/kappa/urls/([a-z0-9]{32})/", "$1");
        for (int i = 0; i < REQUESTS; i++) {
            long seed = SEED * 1_000_003 + i;
            var random = new Random(seed);
            boolean known = random.nextInt(5) > 0;
            var request =
                    request(random, known ? id : OddValues.any(random, List.of("", "x", "a".repeat(32), "%zz", "..")));
            var answer = request.send(api.server.port());
            var both = "seed " + seed + ": " + request + "\n\nanswered " + answer;
            assertThat(answer.headers()).as(both).containsKey("x-amzn-requestid");
            assertThat(answer.status()).as(both).isBetween(200, 499);
            if (known) {
                assertThat(answer.status()).as(both).isEqualTo(200);
            }
        }
        api.awaitNothingLeft();
        assertThat(api.invoke("f", "1").body()).isEqualTo("1");
    }

    private static RawRequest request(Random random, String id) {
        var rest = OddValues.any(random, PATHS) + OddValues.any(random, QUERIES);
        var headers = new ArrayList<String>();
        for (int i = random.nextInt(4); i > 0; i--) {
            headers.add(OddValues.any(random, HEADERS));
        }
        boolean byHost = id.length() == 32 && random.nextBoolean();
        if (byHost) {
            headers.add("Host: " + id
                    + OddValues.any(
                            random, List.of(".lambda-url.x", ".LAMBDA-URL.us-east-1.on.aws:1", ".lambda-url.:")));
        }
        var body = new byte[random.nextInt(3) * random.nextInt(2000)];
        random.nextBytes(body);
        var target = byHost ? (rest.startsWith("/") ? rest : "/" + rest) : "/kappa/urls/" + id + rest;
        return new RawRequest(OddValues.any(random, METHODS), target, headers, body);
    }

    @Test
    void aHostThatIsNoneIsRefusedOrLeftAside() {
        for (var host : List.of(
                "", " ", ":", "x".repeat(300), "a".repeat(32) + ".lambda-url.", "[::1", "%00", "a b", "x\u00ff")) {
            var answer =
                    new RawRequest("GET", "/nothing", List.of("Host: " + host), new byte[0]).send(api.server.port());
            assertThat(answer.status()).as(host).isBetween(400, 499);
        }
        var twoHosts = List.of("Host: " + "a".repeat(32) + ".lambda-url.x", "Host: other");
        assertThat(new RawRequest("GET", "/", twoHosts, new byte[0])
                        .send(api.server.port())
                        .status())
                .isBetween(400, 499);
    }
}
