package io.kappa.platform;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kappa.contracts.invocation.Ending;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.lambda.LambdaClient;

/** What waits for one function is its own affair: others' events pass by, and operators can stop it, let it go on, and end it. */
class NoisyNeighbourIT {
    private static final int NOISE = 100_000;
    private static final int MOST_THAT_MAY_HAVE_ENDED = 10_000;
    private static final int MOST_ATTEMPTS = 5_000;
    private static final int NEIGHBOURS_EVENTS = 200;
    private static final int HELD = 5;
    private static final String ARN = "arn:aws:lambda:us-east-1:000000000000:function:";
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Pattern ATTEMPTS =
            Pattern.compile("^kappa_async_attempts_count(?:\\{[^}]*})? ([0-9.E+]+)$", Pattern.MULTILINE);
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private static Path data;

    private static Optional<RunningPlatform> running = Optional.empty();

    private final RunningPlatform platform = running.orElseThrow();
    private final LambdaClient lambda = platform.lambda();
    private final Functions functions = new Functions(lambda);
    private final Ledger ledger = new Ledger(new TopicContents(platform.kafkaBootstrapServers()));

    @BeforeAll
    static void start() throws IOException {
        // Few places, so that the machine of whoever runs this does not have to bear a hundred functions at once.
        running = Optional.of(RunningPlatform.start(
                Files.createDirectory(data.resolve("platform")),
                "async-queue.attempts-per-shard=4",
                CountedRuns.SETTING));
    }

    @AfterAll
    static void stop() {
        running.ifPresent(RunningPlatform::close);
    }

    /** What the management API says of a function's queue. */
    private JsonNode queue(String function) {
        try {
            for (var queue : JSON.readTree(platform.managementPage("/v1/async-queue/queues"))
                    .path("queues")) {
                if (queue.path("function").asText().equals(ARN + function)) {
                    return queue;
                }
            }
            return JSON.createObjectNode();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private long pending(String function) {
        var queue = queue(function);
        return queue.path("waiting").asLong() + queue.path("running").asLong();
    }

    private JsonNode act(String kind, String function) throws IOException {
        var answer = platform.managementPost(
                "/v1/async-queue/actions",
                "{\"kind\":\"%s\",\"function\":\"%s\",\"confirm\":true,\"by\":\"a test\"}"
                        .formatted(kind, ARN + function));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        return JSON.readTree(answer.body());
    }

    private Set<String> send(String function, int events) {
        var ids = new HashSet<String>();
        for (int i = 0; i < events; i++) {
            ids.add(lambda.invoke(request -> request.functionName(function).invocationType("Event"))
                    .responseMetadata()
                    .requestId());
        }
        return ids;
    }

    private long succeeded(String function, Set<String> ids) {
        return ledger.lines(function).stream()
                .filter(line -> line.ending() == Ending.SUCCEEDED)
                .map(line -> line.requestId().toString())
                .filter(ids::contains)
                .distinct()
                .count();
    }

    private double attempts() throws IOException {
        var found = ATTEMPTS.matcher(platform.managementPage("/metrics"));
        assertThat(found.find()).isTrue();
        return Double.parseDouble(found.group(1));
    }

    @Test
    void aHundredThousandEventsOfAnotherFunctionDelayNobodyAndCanBePurged() throws Exception {
        // given
        var noisy = functions.python(
                "import time\ndef handler(event, context):\n    time.sleep(2)\n", request -> request.timeout(10));
        lambda.putFunctionConcurrency(request -> request.functionName(noisy).reservedConcurrentExecutions(1));
        var neighbour = functions.python("def handler(event, context):\n    return 1\n");
        makeNoise(noisy);
        Waiting.until(PATIENCE, () -> pending(noisy) > NOISE - MOST_THAT_MAY_HAVE_ENDED);

        // when
        var ids = send(neighbour, NEIGHBOURS_EVENTS);
        Waiting.until(PATIENCE, () -> succeeded(neighbour, ids) == NEIGHBOURS_EVENTS);

        // then
        assertThat(pending(noisy)).isGreaterThan(NOISE - MOST_THAT_MAY_HAVE_ENDED);
        assertThat(attempts()).isLessThan(MOST_ATTEMPTS);
        System.out.printf(
                "%d events of the neighbour have ended, %d of the noisy function are pending, attempts %.0f%n",
                NEIGHBOURS_EVENTS, pending(noisy), attempts());

        // when
        var purged = act("PURGE", noisy);
        Waiting.until(PATIENCE, () -> pending(noisy) == 0);
        Waiting.until(PATIENCE, () -> ledger.lines(noisy).size() == NOISE);

        // then
        var endings = ledger.lines(noisy).stream()
                .collect(Collectors.groupingBy(line -> line.ending(), Collectors.counting()));
        assertThat(endings).containsOnlyKeys(Ending.CANCELLED, Ending.SUCCEEDED);
        assertThat(endings.get(Ending.CANCELLED)).isGreaterThan(NOISE - MOST_THAT_MAY_HAVE_ENDED);
        assertThat(ledger.lines(noisy).stream().map(line -> line.requestId())).doesNotHaveDuplicates();
        assertThat(ledger.lines(noisy).stream().filter(line -> line.ending() == Ending.CANCELLED))
                .allSatisfy(line ->
                        assertThat(line.action()).isEqualTo(purged.path("id").asText()));
    }

    private void makeNoise(String function) throws Exception {
        try (var producer = new StraightProducer(platform.kafkaBootstrapServers())) {
            var headers = Map.of("kappa-function", ARN + function);
            for (int i = 0; i < NOISE; i++) {
                producer.send(null, UUID.randomUUID().toString(), "{}", headers);
            }
            producer.acknowledged();
        }
    }

    @Test
    void whatIsHeldWaitsUntilItIsReleased() throws Exception {
        var runs = new CountedRuns(data);
        var noted = Functions.newName("runs");
        var held = functions.python(
                CountedRuns.source("return 1\n"),
                request -> request.environment(e -> e.variables(runs.environment(noted))));
        var other = functions.python("def handler(event, context):\n    return 1\n");

        act("HOLD", held);
        var ids = send(held, HELD);
        // One for each shard and more, sent later: when they have ended, what is held has been passed over.
        var passing = send(other, NEIGHBOURS_EVENTS);
        Waiting.until(PATIENCE, () -> succeeded(other, passing) == NEIGHBOURS_EVENTS);
        Waiting.until(PATIENCE, () -> queue(held).path("waiting").asInt() == HELD);

        assertThat(queue(held).path("held").asBoolean()).isTrue();
        assertThat(runs.of(noted)).isEmpty();
        assertThat(ledger.lines(held)).isEmpty();

        act("RELEASE", held);
        Waiting.until(PATIENCE, () -> succeeded(held, ids) == HELD);

        assertThat(new ArrayList<>(runs.of(noted))).containsExactlyInAnyOrderElementsOf(ids);
        Waiting.until(PATIENCE, () -> !queue(held).path("held").asBoolean());
    }
}
