package io.kappa.platform;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kappa.contracts.deadletter.DeadLetter;
import io.kappa.contracts.invocation.Ending;
import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.topic.Topic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.CreateFunctionRequest;
import software.amazon.awssdk.services.lambda.model.DestinationConfig;
import software.amazon.awssdk.services.lambda.model.InvokeResponse;
import software.amazon.awssdk.services.lambda.model.ResourceNotFoundException;

/** Events sent through the AWS SDK run in the background, are tried again, and end where destinations and dead-letter queues say. */
class AsynchronousInvocationIT {
    private static final String SUCCEEDS = "return {'seen': event}\n";
    private static final String FAILS = "raise ValueError('no luck')\n";
    private static final String ARN = "arn:aws:lambda:us-east-1:000000000000:function:";
    private static final String QUEUE_ARN = "arn:aws:sqs:us-east-1:000000000000:";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private static Path data;

    private static Optional<RunningPlatform> running = Optional.empty();

    private final RunningPlatform platform = running.orElseThrow();
    private final LambdaClient lambda = platform.lambda();
    private final TopicContents topics = new TopicContents(platform.kafkaBootstrapServers());
    private final Ledger ledger = new Ledger(topics);
    private final CountedRuns runs = new CountedRuns(data.resolve("runs"));

    @BeforeAll
    static void start() throws IOException {
        Files.createDirectory(data.resolve("runs"));
        running = Optional.of(RunningPlatform.start(
                Files.createDirectory(data.resolve("platform")),
                "async-queue.retry-delays=300ms,600ms",
                CountedRuns.SETTING));
    }

    @AfterAll
    static void stop() {
        running.ifPresent(RunningPlatform::close);
    }

    /** A function and what it notes its runs under. */
    private record Noted(String name, String runs) {}

    private Noted function(String body) {
        return function(body, _ -> {});
    }

    private Noted function(String body, Consumer<CreateFunctionRequest.Builder> more) {
        return function(body, Map.of(), more);
    }

    private Noted function(String body, Map<String, String> environment, Consumer<CreateFunctionRequest.Builder> more) {
        var noted = Functions.newName("runs");
        var variables = new HashMap<>(runs.environment(noted));
        variables.putAll(environment);
        var name = new Functions(lambda).python(CountedRuns.source(body), request -> {
            request.environment(e -> e.variables(variables));
            more.accept(request);
        });
        return new Noted(name, noted);
    }

    private InvokeResponse send(Noted function, String payload) {
        return lambda.invoke(request -> request.functionName(function.name())
                .invocationType("Event")
                .payload(SdkBytes.fromUtf8String(payload)));
    }

    private String sent(Noted function, String payload) {
        return send(function, payload).responseMetadata().requestId();
    }

    private void configure(Noted function, Consumer<DestinationConfig.Builder> destinations) {
        lambda.putFunctionEventInvokeConfig(
                request -> request.functionName(function.name()).destinationConfig(destinations));
    }

    private String topic() throws Exception {
        var name = Functions.newName("destination");
        try (var admin = Admin.create(Map.of("bootstrap.servers", platform.kafkaBootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(name, 2, (short) 1))).all().get();
        }
        return name;
    }

    private ConsumerRecord<String, byte[]> told(String topic, String requestId) {
        return topics.await(topic, PATIENCE, record -> requestId.equals(record.key()));
    }

    private static JsonNode json(ConsumerRecord<String, byte[]> record) throws IOException {
        return JSON.readTree(record.value());
    }

    private DeadLetter deadLetter(String requestId) {
        var codec = RecordCodec.of(DeadLetter.class);
        var record = topics.await(
                Topic.DEAD_LETTERS_RECORDS.name("kappa"),
                PATIENCE,
                one -> requestId.equals(
                        codec.decode(one.headers().lastHeader(DeadLetter.HEADER).value())
                                .requestId()));
        return codec.decode(record.headers().lastHeader(DeadLetter.HEADER).value());
    }

    @Test
    void anEventIsAnsweredAtOnceAndRunsThreeTimesUnderTheSameIdWhereItFails() {
        var function = function(FAILS);

        var answer = send(function, "{\"a\":1}");

        assertThat(answer.statusCode()).isEqualTo(202);
        assertThat(answer.functionError()).isNull();
        assertThat(answer.payload().asByteArray()).isEmpty();
        var id = answer.responseMetadata().requestId();
        var line = ledger.await(id);
        assertThat(line.ending()).isEqualTo(Ending.RETRIES_EXHAUSTED);
        assertThat(line.attempts()).isEqualTo(3);
        assertThat(line.errorType()).isEqualTo("ValueError");
        assertThat(runs.of(function.runs())).containsExactly(id, id, id);
        assertThat(deadLetter(id).cause()).isEqualTo("RETRIES_EXHAUSTED");
    }

    @Test
    void anEventThatSucceedsRunsOnce() {
        var function = function(SUCCEEDS);

        var id = sent(function, "{}");

        assertThat(ledger.await(id).ending()).isEqualTo(Ending.SUCCEEDED);
        assertThat(runs.of(function.runs())).containsExactly(id);
    }

    @Test
    void withoutRetriesAFailingEventRunsOnce() {
        var function = function(FAILS);
        lambda.putFunctionEventInvokeConfig(
                request -> request.functionName(function.name()).maximumRetryAttempts(0));

        var id = sent(function, "{}");

        var line = ledger.await(id);
        assertThat(line.ending()).isEqualTo(Ending.RETRIES_EXHAUSTED);
        assertThat(line.attempts()).isEqualTo(1);
        assertThat(runs.of(function.runs())).containsExactly(id);
    }

    @Test
    void aQueueIsToldOfAFailureInLambdasForm() throws Exception {
        var function = function(FAILS);
        var queue = topic();
        configure(function, d -> d.onFailure(f -> f.destination(QUEUE_ARN + queue)));

        var id = sent(function, "{\"order\": 7}");

        var record = json(told(queue, id));
        assertThat(record.fieldNames())
                .toIterable()
                .containsExactly(
                        "version",
                        "timestamp",
                        "requestContext",
                        "requestPayload",
                        "responseContext",
                        "responsePayload");
        assertThat(record.path("version").asText()).isEqualTo("1.0");
        assertThat(Instant.parse(record.path("timestamp").asText())).isBefore(Instant.now());
        assertThat(record.path("requestContext"))
                .isEqualTo(JSON.valueToTree(Map.of(
                        "requestId",
                        id,
                        "functionArn",
                        ARN + function.name() + ":$LATEST",
                        "condition",
                        "RetriesExhausted",
                        "approximateInvokeCount",
                        3)));
        assertThat(record.path("requestPayload")).isEqualTo(JSON.readTree("{\"order\":7}"));
        assertThat(record.path("responseContext"))
                .isEqualTo(JSON.valueToTree(
                        Map.of("statusCode", 200, "executedVersion", "$LATEST", "functionError", "Unhandled")));
        assertThat(record.path("responsePayload").path("errorType").asText()).isEqualTo("ValueError");
        assertThat(record.path("responsePayload").path("errorMessage").asText()).isEqualTo("no luck");
    }

    @Test
    void aTopicNamedOutrightIsToldOfASuccess() throws Exception {
        var function = function(SUCCEEDS);
        var topic = topic();
        configure(function, d -> d.onSuccess(s -> s.destination("kafka://" + topic)));

        var id = sent(function, "[1, 2]");

        var record = json(told(topic, id));
        assertThat(record.path("requestContext").path("condition").asText()).isEqualTo("Success");
        assertThat(record.path("requestContext").path("approximateInvokeCount").asInt())
                .isEqualTo(1);
        assertThat(record.path("responseContext"))
                .isEqualTo(JSON.valueToTree(Map.of("statusCode", 200, "executedVersion", "$LATEST")));
        assertThat(record.path("responsePayload")).isEqualTo(JSON.readTree("{\"seen\":[1,2]}"));
    }

    @Test
    void anEventSentToAnAliasRunsItsVersionByTheAliassSettingsAndIsToldOfUnderItsArn() throws Exception {
        var function = function(FAILS);
        lambda.publishVersion(request -> request.functionName(function.name()));
        lambda.createAlias(
                request -> request.functionName(function.name()).name("live").functionVersion("1"));
        var topic = topic();
        lambda.putFunctionEventInvokeConfig(request -> request.functionName(function.name())
                .qualifier("live")
                .maximumRetryAttempts(0)
                .destinationConfig(d -> d.onFailure(f -> f.destination("kafka://" + topic))));

        var id = lambda.invoke(request -> request.functionName(function.name())
                        .qualifier("live")
                        .invocationType("Event")
                        .payload(SdkBytes.fromUtf8String("{}")))
                .responseMetadata()
                .requestId();

        var record = json(told(topic, id));
        assertThat(record.path("requestContext").path("functionArn").asText())
                .isEqualTo(ARN + function.name() + ":live");
        assertThat(record.path("requestContext").path("approximateInvokeCount").asInt())
                .isEqualTo(1);
        assertThat(record.path("responseContext").path("executedVersion").asText())
                .isEqualTo("1");
        assertThat(deadLetter(id).cause()).isEqualTo("RETRIES_EXHAUSTED");
    }

    @Test
    void anotherFunctionRunsWithTheRecordAsItsEvent() throws Exception {
        var second = function("""
                with open(os.environ['RUNS'] + '.event', 'w') as out:
                    json.dump(event, out)
                """);
        var first = function(SUCCEEDS);
        configure(first, d -> d.onSuccess(s -> s.destination(ARN + second.name())));

        var id = sent(first, "{\"n\":1}");

        var line = ledger.await(one -> Ledger.functionOf(one).equals(second.name()));
        assertThat(line.ending()).isEqualTo(Ending.SUCCEEDED);
        assertThat(line.topic()).isEqualTo(Topic.INVOCATIONS_FORWARDED.suffix());
        var event = JSON.readTree(Files.readString(runs.directory().resolve(second.runs() + ".runs.event")));
        assertThat(event.path("requestContext").path("requestId").asText()).isEqualTo(id);
        assertThat(event.path("responsePayload")).isEqualTo(JSON.readTree("{\"seen\":{\"n\":1}}"));
    }

    @Test
    void aDeadLetterQueueGetsTheBytesThatWereSent() throws Exception {
        var queue = topic();
        var function = function(FAILS, request -> request.deadLetterConfig(d -> d.targetArn(QUEUE_ARN + queue)));
        var payload = "{\"a\" :\t1,   \"b\":\"\\u00e9 é\"}";

        var id = sent(function, payload);

        var letter = told(queue, id);
        assertThat(new String(letter.value(), UTF_8)).isEqualTo(payload);
        var headers = new HashMap<String, String>();
        letter.headers().forEach(header -> headers.put(header.key(), new String(header.value(), UTF_8)));
        assertThat(headers)
                .containsOnly(
                        Map.entry("RequestID", id),
                        Map.entry("ErrorCode", "200"),
                        Map.entry("ErrorMessage", "no luck"));
    }

    @Test
    void withZeroReservedConcurrencyAnEventEndsWithoutARun() throws Exception {
        var function = function(SUCCEEDS);
        var queue = topic();
        configure(function, d -> d.onFailure(f -> f.destination(QUEUE_ARN + queue)));
        lambda.putFunctionConcurrency(
                request -> request.functionName(function.name()).reservedConcurrentExecutions(0));

        var id = sent(function, "{}");

        var record = json(told(queue, id));
        assertThat(record.path("requestContext").path("condition").asText()).isEqualTo("ZeroReservedConcurrency");
        assertThat(record.path("requestContext").path("approximateInvokeCount").asInt(-1))
                .isZero();
        assertThat(record.has("responseContext")).isFalse();
        assertThat(record.has("responsePayload")).isFalse();
        assertThat(ledger.await(id).ending()).isEqualTo(Ending.ZERO_RESERVED_CONCURRENCY);
        assertThat(runs.of(function.runs())).isEmpty();
    }

    @Test
    void twoFunctionsThatAreEachOthersDestinationsAreStoppedAfterSixteenRuns() throws Exception {
        var first = function("return 1");
        var second = function("return 1");
        var stopped = topic();
        configure(
                first,
                d -> d.onSuccess(s -> s.destination(ARN + second.name()))
                        .onFailure(f -> f.destination(QUEUE_ARN + stopped)));
        configure(second, d -> d.onSuccess(s -> s.destination(ARN + first.name())));

        send(first, "{}");

        assertStopped(first);
        assertThat(runs.of(second.runs())).hasSize(16);
        var told = json(topics.await(stopped, PATIENCE, _ -> true));
        assertThat(told.path("requestContext").path("approximateInvokeCount").asInt(-1))
                .isZero();
    }

    @Test
    void aLoopThroughAQueueAndACallWithAnSdksHeaderIsStoppedToo() throws Exception {
        var queue = topic();
        var first = function("return 1");
        var second = function(
                """
                from urllib.request import Request, urlopen
                urlopen(Request(os.environ['NEXT'], data=b'{}', headers={
                    'X-Amz-Invocation-Type': 'Event', 'X-Amzn-Trace-Id': os.environ['_X_AMZN_TRACE_ID']})).close()
                """,
                Map.of("NEXT", platform.endpoint() + "/2015-03-31/functions/" + first.name() + "/invocations"),
                _ -> {});
        configure(first, d -> d.onSuccess(s -> s.destination(QUEUE_ARN + queue)));
        lambda.createEventSourceMapping(
                request -> request.functionName(second.name()).eventSourceArn(QUEUE_ARN + queue));

        send(first, "{}");

        assertStopped(first);
        assertThat(runs.of(second.runs())).hasSize(16);
    }

    private void assertStopped(Noted function) {
        var line =
                ledger.await(one -> Ledger.functionOf(one).equals(function.name()) && one.ending() == Ending.REFUSED);
        assertThat(line.errorType()).isEqualTo("RecursiveInvocationException");
        assertThat(line.attempts()).isZero();
        assertThat(runs.of(function.runs())).hasSize(16);
    }

    @Test
    void whatADestinationThatIsGoneShouldHaveGotIsKeptAsADeadLetter() {
        var function = function(SUCCEEDS);
        var gone = ARN + function(SUCCEEDS).name();
        configure(function, d -> d.onSuccess(s -> s.destination(gone)));
        lambda.deleteFunction(request -> request.functionName(gone));

        var id = sent(function, "{}");

        assertThat(ledger.await(id).ending()).isEqualTo(Ending.SUCCEEDED);
        var letter = deadLetter(id);
        assertThat(letter.cause()).isEqualTo(DeadLetter.DELIVERY_FAILED);
        assertThat(letter.destination()).isEqualTo(gone);
    }

    @Test
    void anEventThatAProducerPutOnTheTopicRuns() throws Exception {
        var function = function(SUCCEEDS);
        var id = UUID.randomUUID().toString();
        try (var producer = new StraightProducer(platform.kafkaBootstrapServers())) {
            producer.send(null, id, "{}", Map.of("kappa-function", ARN + function.name()));
            producer.send(0, null, null, Map.of("kappa-function", ARN + function.name()));
            var keyless = producer.acknowledged().getLast();

            assertThat(ledger.await(id).ending()).isEqualTo(Ending.SUCCEEDED);
            var line = ledger.await(one -> one.topic().equals(Topic.INVOCATIONS_QUEUED.suffix())
                    && one.partition() == keyless.partition()
                    && one.offset() == keyless.offset());
            assertThat(line.ending()).isEqualTo(Ending.SUCCEEDED);
            assertThat(runs.of(function.runs()))
                    .containsExactlyInAnyOrder(id, line.requestId().toString());
        }
    }

    @Test
    void aRecordThatIsNoEventBecomesADeadLetterAndHoldsUpNobody() throws Exception {
        var function = function(SUCCEEDS);
        var target = Map.of("kappa-function", ARN + function.name());
        var withoutFunction = UUID.randomUUID().toString();
        var afterwards = UUID.randomUUID().toString();
        try (var producer = new StraightProducer(platform.kafkaBootstrapServers())) {
            producer.send(1, withoutFunction, "{}", Map.of());
            producer.send(1, "not-a-uuid", "{}", target);
            producer.send(1, afterwards, "{}", target);
            var badKey = producer.acknowledged().get(1);

            assertThat(ledger.await(afterwards).ending()).isEqualTo(Ending.SUCCEEDED);
            assertThat(ledger.await(withoutFunction).ending()).isEqualTo(Ending.MALFORMED);
            var letter = deadLetter(withoutFunction);
            assertThat(letter.cause()).isEqualTo("MALFORMED");
            assertThat(letter.errorMessage()).isEqualTo("header kappa-function is missing");
            var line = ledger.await(one -> one.ending() == Ending.MALFORMED && one.offset() == badKey.offset());
            assertThat(deadLetter(line.requestId().toString()).errorMessage())
                    .isEqualTo("the key is not a request id: a UUID in text");
        }
    }

    @Test
    void aPayloadThatIsNoJsonIsRefusedForGood() throws Exception {
        var function = function(SUCCEEDS);
        var id = UUID.randomUUID().toString();
        try (var producer = new StraightProducer(platform.kafkaBootstrapServers())) {
            producer.send(null, id, "{oops", Map.of("kappa-function", ARN + function.name()));
            producer.acknowledged();

            var line = ledger.await(id);

            assertThat(line.ending()).isEqualTo(Ending.REFUSED);
            assertThat(line.attempts()).isZero();
            assertThat(runs.of(function.runs())).isEmpty();
        }
    }

    @Test
    void howEventsAreTreatedIsPutUpdatedListedAndDeleted() {
        var function = function(SUCCEEDS);
        var name = function.name();

        var put = lambda.putFunctionEventInvokeConfig(request -> request.functionName(name)
                .maximumRetryAttempts(1)
                .maximumEventAgeInSeconds(120)
                .destinationConfig(d -> d.onFailure(f -> f.destination(QUEUE_ARN + "failures"))));
        assertThat(put.functionArn()).isEqualTo(ARN + name + ":$LATEST");
        assertThat(put.lastModified()).isNotNull();

        lambda.updateFunctionEventInvokeConfig(
                request -> request.functionName(name).maximumRetryAttempts(0));
        var got = lambda.getFunctionEventInvokeConfig(request -> request.functionName(name));
        assertThat(got.maximumRetryAttempts()).isZero();
        assertThat(got.maximumEventAgeInSeconds()).isEqualTo(120);
        assertThat(got.destinationConfig().onFailure().destination()).isEqualTo(QUEUE_ARN + "failures");

        lambda.publishVersion(request -> request.functionName(name));
        lambda.putFunctionEventInvokeConfig(
                request -> request.functionName(name).qualifier("1").maximumRetryAttempts(2));
        assertThat(lambda
                        .listFunctionEventInvokeConfigsPaginator(
                                request -> request.functionName(name).maxItems(1))
                        .functionEventInvokeConfigs()
                        .stream()
                        .map(config -> config.functionArn()))
                .containsExactlyInAnyOrder(ARN + name + ":$LATEST", ARN + name + ":1");

        lambda.deleteFunctionEventInvokeConfig(request -> request.functionName(name));
        assertThatExceptionOfType(ResourceNotFoundException.class)
                .isThrownBy(() -> lambda.getFunctionEventInvokeConfig(request -> request.functionName(name)));
        assertThat(lambda.getFunctionEventInvokeConfig(
                                request -> request.functionName(name).qualifier("1"))
                        .maximumRetryAttempts())
                .isEqualTo(2);
    }

    @Test
    void theAwsCommandLineSetsDestinationsAndSendsEvents(@TempDir Path directory) throws Exception {
        var aws = new AwsCli(platform.endpoint(), directory);
        var function = function(FAILS);
        var queue = topic();

        var printed = aws.run("""
                aws lambda put-function-event-invoke-config --function-name %1$s --maximum-retry-attempts 1 \
                    --maximum-event-age-in-seconds 3600 >/dev/null
                aws lambda update-function-event-invoke-config --function-name %1$s --maximum-retry-attempts 0 \
                    --destination-config '{"OnFailure":{"Destination":"%2$s"}}' >/dev/null
                aws lambda get-function-event-invoke-config --function-name %1$s --output text \
                    --query '[MaximumRetryAttempts,MaximumEventAgeInSeconds,DestinationConfig.OnFailure.Destination]'
                aws lambda list-function-event-invoke-configs --function-name %1$s --output text \
                    --query 'length(FunctionEventInvokeConfigs)'
                echo '{"typed": "by hand"}' > event.json
                aws lambda invoke --function-name %1$s --invocation-type Event --payload fileb://event.json \
                    --query StatusCode --output text answer.json
                """.formatted(function.name(), QUEUE_ARN + queue));

        assertThat(printed.lines()).containsExactly("0\t3600\t" + QUEUE_ARN + queue, "1", "202");
        var record = json(topics.await(queue, PATIENCE, _ -> true));
        assertThat(record.path("requestPayload").path("typed").asText()).isEqualTo("by hand");
        assertThat(record.path("requestContext").path("approximateInvokeCount").asInt())
                .isEqualTo(1);
    }
}
