package io.kappa.router.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kappa.router.api.ModelMember.Place;
import io.kappa.router.api.RawRequest.Answer;
import io.kappa.router.api.SampleRequests.Sample;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Sends every operation what it should not be sent, as far as the SDK's model of the service says what it should: each is refused as a
 * mistake of the caller's, changes nothing, and leaves a router that serves the next.
 */
class MalformedRequestsTest {
    private static final long SEED = Long.getLong("kappa.malformed.seed", 1);
    private static final int REQUESTS = Integer.getInteger("kappa.malformed.requests", 800);

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    /** Members that Kappa refuses or leaves aside whatever they hold. */
    private static final Set<String> UNREAD = Set.of(
            "FileSystemConfigs",
            "ImageConfig",
            "CapacityProviderConfig",
            "DurableConfig",
            "TenancyConfig",
            "DocumentDBEventSourceConfig",
            "S3ObjectStorageMode",
            "CreateEventSourceMapping.LoggingConfig",
            "CreateEventSourceMapping.SelfManagedEventSource.Endpoints",
            "UpdateEventSourceMapping.LoggingConfig",
            "SchemaRegistryConfig");

    private static final List<String> ODD_QUERIES = List.of(
            "%",
            "%zz=1",
            "Qualifier=%",
            "Qualifier=%c3%28",
            "Qualifier=",
            "Qualifier=nobody",
            "Qualifier=99999999999999999999",
            "Qualifier=1&Qualifier=2",
            "Marker=made-up",
            "Marker=%00",
            "Marker=ZjpmOmY",
            "Marker=Zjo",
            "MaxItems=0",
            "MaxItems=-1",
            "MaxItems=x",
            "MaxItems=99999999999999999999",
            "MaxItems=1.5",
            "FunctionVersion=%F0%9F%98%80",
            "tagKeys=",
            "RevisionId=%20",
            "List=ALL",
            "find=LayerVersion",
            "&&&&=&=",
            "a=" + "b".repeat(20_000));

    private static final List<String> ODD_SEGMENTS = List.of(
            "..",
            "%2e%2e%2f%2e%2e",
            "%00",
            "%",
            "%zz",
            "%c3%28",
            "%f0%9f%98%80",
            "%E0%A4%A",
            "a%2fb",
            "+",
            "f:",
            "f:f:f",
            "f:99999999999999999999",
            "f%3A%24LATEST",
            "000000000000:function:f",
            "arn%3Aaws%3Alambda%3Aus-east-1%3A000000000000%3Afunction%3Af%3Alive",
            "arn:aws:lambda:eu-west-1:000000000000:function:f",
            "arn:aws:lambda:us-east-1:111111111111:function:f",
            "99999999999999999999",
            "-1",
            "nobody",
            "x".repeat(300),
            "y".repeat(30_000));

    private static final List<String> ODD_HEADERS = List.of(
            "Content-Type: text/html",
            "Content-Type: ;;;=",
            "Content-Type:",
            "Content-Encoding: gzip",
            "Accept: nothing/at-all;q=x",
            "Authorization: AWS4-HMAC-SHA256",
            "Authorization: Basic !!!",
            "X-Amz-Date: yesterday",
            "X-Amz-Content-Sha256: x",
            "X-Amz-Security-Token: " + "t".repeat(50_000),
            "X-Amz-Target: AnyScaleFrontendService.Nothing",
            "X-Amz-Invocation-Type: Perhaps",
            "X-Amz-Invocation-Type: Event",
            "X-Amz-Invocation-Type: DryRun",
            "X-Amz-Log-Type: Head",
            "X-Amz-Log-Type: Tail",
            "X-Amz-Client-Context: %%%",
            "X-Amz-Client-Context: W10=",
            "X-Amz-Client-Context: " + "e".repeat(4000),
            "X-Amz-Tenant-Id: t",
            "X-Amz-Durable-Execution-Name: d",
            "X-Amzn-Trace-Id: Root=;;;Lineage=x:y:z|",
            "X-Amzn-Trace-Id: Root=1-5759e988-bd862e3fe1be46a994272793;Lineage=1:00000000:99999999999999999999",
            "X-Forwarded-Proto: \u00ff",
            "Range: bytes=9-1",
            "If-Match: x",
            "Expect: something",
            "Cookie: " + "c=d; ".repeat(5000));

    private static final SampleRequests SAMPLES = new SampleRequests();
    private static final List<Sample> ALL = SAMPLES.all();

    @AfterAll
    static void close() {
        SAMPLES.close();
    }

    @AfterEach
    void nothingIsUnderWayAndTheNextRequestIsServed() {
        SAMPLES.api.awaitNothingLeft();
        assertThat(SAMPLES.api.get(RunningApi.FUNCTIONS + "/f?Qualifier=live").statusCode())
                .isEqualTo(200);
        assertThat(SAMPLES.api.invoke("f", "{}").statusCode()).isEqualTo(200);
    }

    @Test
    void whatTheSamplesSayIsTaken() {
        assertThat(ALL).hasSizeGreaterThan(60);
        for (var sample : ALL) {
            var answer = sent(sample.request());
            assertThat(answer.status()).as(sample + ": " + answer).isBetween(200, 299);
        }
    }

    /** Sends a request, and checks what holds for each, whatever it asks. */
    private static Answer sent(RawRequest request) {
        long before = SAMPLES.registry.changes();
        var answer = request.send(SAMPLES.api.server.port());
        var both = request + "\n\nanswered " + answer;
        if (answer.headers().getOrDefault("x-amzn-errortype", "").equals("NotImplementedException")) {
            assertThat(answer.status()).as(both).isEqualTo(501);
        } else {
            assertThat(answer.status()).as(both).isBetween(200, 499);
        }
        assertThat(answer.headers()).as(both).containsKey("x-amzn-requestid");
        if (answer.status() >= 400) {
            checkRefusal(answer, both);
        }
        if (answer.status() >= 400 || request.method().equals("GET")) {
            assertThat(SAMPLES.registry.changes()).as(both).isEqualTo(before);
        }
        SAMPLES.registry.goBack();
        return answer;
    }

    private static void checkRefusal(Answer answer, String both) {
        assertThat(answer.headers().get("x-amzn-errortype")).as(both).matches("\\w+Exception");
        assertThat(answer.headers().get("content-type")).as(both).isEqualTo("application/json");
        var body = SampleRequests.json(answer.body());
        assertThat(body.has("message") ^ body.has("Message")).as(both).isTrue();
        assertThat(body.path("Type").asText("User")).as(both).isEqualTo(answer.status() < 500 ? "User" : "Service");
    }

    private static RawRequest with(Sample sample, byte[] body) {
        var request = sample.request();
        return new RawRequest(request.method(), request.target(), request.headers(), body);
    }

    private static RawRequest with(Sample sample, Consumer<ObjectNode> change) {
        var body = sample.body().orElseThrow().deepCopy();
        change.accept(body);
        return with(sample, body.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** Every member of the body of every operation that reads one. */
    private static Map<Sample, List<ModelMember>> bodyMembers() {
        var members = new LinkedHashMap<Sample, List<ModelMember>>();
        for (var sample : ALL) {
            if (sample.body().isPresent() && !isInvocation(sample)) {
                members.put(
                        sample,
                        ModelMember.ofRequest(sample.operation()).stream()
                                .filter(member -> member.isIn(Place.BODY))
                                .flatMap(member -> member.withInner().stream())
                                .filter(member -> !isUnread(sample, member))
                                .toList());
            }
        }
        return members;
    }

    private static boolean isUnread(Sample sample, ModelMember member) {
        var outer = member.outer();
        return UNREAD.contains(member.name())
                || UNREAD.contains(sample.operation().wireName() + "." + member.path())
                || (outer != null && isUnread(sample, outer));
    }

    private static boolean isInvocation(Sample sample) {
        return sample.operation().wireName().startsWith("Invoke");
    }

    @Test
    void aMemberOfTheWrongTypeIsASerializationException() {
        bodyMembers().forEach((sample, members) -> {
            for (var member : members) {
                OddValues.ofWrongTypes(member).forEach((found, value) -> {
                    var answer = sent(with(sample, body -> member.put(body, value)));
                    assertThat(answer.body())
                            .as(sample.operation() + " " + member.path())
                            .isEqualTo("{\"Type\":\"User\",\"Message\":\"" + found + " can not be converted to "
                                    + member.type().inRefusals() + "\"}");
                    assertThat(answer.status()).isEqualTo(400);
                    assertThat(answer.headers()).containsEntry("x-amzn-errortype", "SerializationException");
                });
            }
        });
    }

    @Test
    void aMemberThatIsRequiredAndMissingOrNullIsNamed() {
        bodyMembers().forEach((sample, members) -> {
            for (var member : members) {
                if (member.isRequired() && member.outer() == null) {
                    for (var request : List.of(
                            with(sample, body -> body.remove(member.name())),
                            with(sample, body -> body.putNull(member.name())))) {
                        var answer = sent(request);
                        assertThat(answer.body())
                                .as(request.toString())
                                .isEqualTo("{\"message\":\"1 validation error detected: Value null at '"
                                        + lowerCamelCase(member.name())
                                        + "' failed to satisfy constraint: Member must not be null\"}");
                        assertThat(answer.headers()).containsEntry("x-amzn-errortype", "ValidationException");
                    }
                }
            }
        });
    }

    private static String lowerCamelCase(String name) {
        return name.substring(0, 1).toLowerCase(Locale.ROOT) + name.substring(1);
    }

    @Test
    void aMemberThatLambdaDoesNotHaveIsLeftAside() {
        for (var sample : ALL) {
            if (sample.body().isPresent() && !isInvocation(sample)) {
                var answer = sent(with(
                        sample,
                        body -> body.putObject("Madeup")
                                .putArray("list")
                                .addNull()
                                .addObject()));
                assertThat(answer.status()).as(sample.toString()).isBetween(200, 299);
            }
        }
    }

    @Test
    void aBodyThatIsNoJsonObjectIsRefusedByEveryOperationThatReadsOne() {
        var bodies = List.of(
                "{",
                "{\"a\":",
                "[]",
                "\"x\"",
                "1",
                "null",
                "{\"a\":1}}",
                "{\"a\":1} x",
                "{a:1}",
                "{'a':1}",
                "\u0000",
                "{\"a\":01}",
                "{\"a\":NaN}",
                "<a/>",
                "{\"a\":\"\u0001\"}",
                "[".repeat(100_000),
                "{\"a\":".repeat(100_000));
        for (var sample : bodyMembers().keySet()) {
            for (var body : bodies) {
                var answer = sent(with(sample, body.getBytes(StandardCharsets.UTF_8)));
                assertThat(answer.status())
                        .as(sample.operation() + " " + answer)
                        .isEqualTo(400);
                assertThat(answer.headers().get("x-amzn-errortype"))
                        .as(sample.operation() + " " + answer)
                        .isIn("InvalidRequestContentException", "SerializationException");
            }
            var notUtf8 = sent(with(sample, HexFormat.of().parseHex("7b2261223a22ff227d")));
            assertThat(notUtf8.headers()).containsEntry("x-amzn-errortype", "InvalidRequestContentException");
        }
    }

    @Test
    void oddTextsAndNumbersAreRefusedOrTakenByEveryMember() {
        var random = new Random(SEED);
        bodyMembers().forEach((sample, members) -> {
            for (var member : members) {
                for (int i = 0; i < 2; i++) {
                    var value = OddValues.of(random, member);
                    sent(with(sample, body -> member.put(body, value)));
                }
            }
        });
    }

    /** In a longer form, with another seed: {@code -Dkappa.malformed.requests=200000 -Dkappa.malformed.seed=2}. */
    @Test
    void whateverIsWrongWithARequestItIsAnsweredAndHarmsNothing() {
        for (int i = 0; i < REQUESTS; i++) {
            long seed = SEED * 1_000_003 + i;
            var request = new Draft(new Random(seed)).request();
            try {
                sent(request);
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed + ": " + request, e);
            }
        }
    }

    /** A request that begins as one that is taken, and has some things done to it. */
    private static final class Draft {
        private final Random random;
        private final Sample sample;
        private final List<String> queries;
        private final List<String> headers = new ArrayList<>();
        private String method;
        private String path;
        private byte[] body;

        Draft(Random random) {
            this.random = random;
            this.sample = OddValues.any(random, ALL);
            this.method = sample.operation().method();
            this.path = sample.path();
            this.queries = new ArrayList<>(sample.queries());
            this.body = sample.bytes();
            for (int i = random.nextInt(3); i >= 0; i--) {
                spoil();
            }
        }

        RawRequest request() {
            return new RawRequest(method, Sample.target(path, String.join("&", queries)), headers, body);
        }

        private void spoil() {
            switch (random.nextInt(13)) {
                case 0, 1 -> member();
                case 2 -> twice();
                case 3 -> body = Arrays.copyOf(body, random.nextInt(body.length + 1));
                case 4 -> flip();
                case 5 -> body = nested();
                case 6, 7 -> segment();
                case 8, 9 -> query();
                case 10, 11 -> header();
                default ->
                    method = OddValues.any(random, List.of("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "X"));
            }
        }

        private void member() {
            var members = ModelMember.ofRequest(sample.operation()).stream()
                    .filter(member -> member.isIn(Place.BODY))
                    .flatMap(member -> member.withInner().stream())
                    .toList();
            var json = json();
            if (!members.isEmpty() && json.isPresent()) {
                var member = OddValues.any(random, members);
                switch (random.nextInt(4)) {
                    case 0 -> member.put(json.get(), JSON.nullNode());
                    case 1 -> member.holder(json.get()).remove(member.name());
                    case 2 -> member.put(json.get(), OddValues.of(random, OddValues.any(random, members)));
                    default -> member.put(json.get(), OddValues.of(random, member));
                }
                body = json.get().toString().getBytes(StandardCharsets.UTF_8);
            }
        }

        private Optional<ObjectNode> json() {
            return Arrays.equals(body, sample.bytes()) ? sample.body().map(ObjectNode::deepCopy) : Optional.empty();
        }

        /** The last of two members of a name counts. */
        private void twice() {
            json().filter(json -> !json.isEmpty()).ifPresent(json -> {
                var name = OddValues.any(
                        random,
                        List.copyOf(json.propertyStream().map(Map.Entry::getKey).toList()));
                body = ("{\"" + name + "\":" + OddValues.any(random, List.of("null", "1", "{}", "\"x\"")) + ","
                                + json.toString().substring(1))
                        .getBytes(StandardCharsets.UTF_8);
            });
        }

        private void flip() {
            if (body.length > 0) {
                body = body.clone();
                body[random.nextInt(body.length)] = (byte) random.nextInt();
            }
        }

        private byte[] nested() {
            var name = "\"" + OddValues.any(random, List.of("Tags", "Environment", "Code", "Filters", "x")) + "\":";
            var part = random.nextBoolean() ? "{" + name : "[";
            return ("{" + name + part.repeat(1 + random.nextInt(3000))).getBytes(StandardCharsets.UTF_8);
        }

        private void segment() {
            var segments = Stream.of(path.substring(1).split("/")).collect(Collectors.toCollection(ArrayList::new));
            segments.set(random.nextInt(segments.size()), OddValues.any(random, ODD_SEGMENTS));
            path = "/" + String.join("/", segments);
        }

        private void query() {
            var named = ModelMember.ofRequest(sample.operation());
            queries.add(
                    random.nextBoolean() || named.isEmpty()
                            ? OddValues.any(random, ODD_QUERIES)
                            : OddValues.any(random, named).name() + "="
                                    + OddValues.any(random, List.of("", "x", "1", "true", "%7B%7D", "a,b", "-1")));
        }

        private void header() {
            headers.add(OddValues.any(random, ODD_HEADERS));
        }
    }
}
