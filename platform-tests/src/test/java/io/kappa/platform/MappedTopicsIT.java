package io.kappa.platform;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kappa.contracts.deadletter.DeadLetter;
import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.topic.Topic;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.CreateEventSourceMappingRequest;
import software.amazon.awssdk.services.lambda.model.EndPointType;
import software.amazon.awssdk.services.lambda.model.EventSourcePosition;
import software.amazon.awssdk.services.lambda.model.Filter;
import software.amazon.awssdk.services.lambda.model.FunctionResponseType;
import software.amazon.awssdk.services.lambda.model.GetEventSourceMappingResponse;
import software.amazon.awssdk.services.lambda.model.ResourceNotFoundException;

/** Topics that functions are mapped to with the AWS SDK, filled with the plain Kafka producer, and processed by real functions. */
class MappedTopicsIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String ACCOUNT = ":us-east-1:000000000000:";

    /** Notes each event as one line of a file, and fails where one of the records is poisonous. */
    private static final String SOURCE = """
            import base64, json, os

            def values(event):
                if isinstance(event.get('records'), dict):
                    return [base64.b64decode(r['value']).decode() for shard in event['records'].values() for r in shard]
                if 'Records' in event:
                    return [r['body'] if 'body' in r else base64.b64decode(r['kinesis']['data']).decode()
                            for r in event['Records']]
                return []

            def handler(event, context):
                out = os.open(os.environ['SEEN'], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
                os.write(out, (json.dumps(event) + '\\n').encode())
                os.close(out)
                if any('poison' in value for value in values(event)):
                    raise ValueError('poisonous')
                failed = [r['messageId'] for r in event.get('Records', []) if 'hiccup' in r.get('body', '')
                          and r['attributes']['ApproximateReceiveCount'] == '1']
                return {'batchItemFailures': [{'itemIdentifier': i} for i in failed],
                        'state': {'n': len(event.get('Records', [])) + event.get('state', {}).get('n', 0)}}
            """;

    @TempDir
    private static Path data;

    private static Optional<RunningPlatform> running = Optional.empty();

    private final RunningPlatform platform = running.orElseThrow();
    private final LambdaClient lambda = platform.lambda();
    private final TopicContents topics = new TopicContents(platform.kafkaBootstrapServers());

    @BeforeAll
    static void start() throws IOException {
        running = Optional.of(RunningPlatform.start(
                Files.createDirectory(data.resolve("platform")),
                CountedRuns.SETTING,
                "mapper.retry.first-wait=50ms",
                "mapper.window-grace=1s",
                "mapper.queue.visibility-timeout=2s",
                "mapper.queue.max-receive-count=2"));
    }

    @AfterAll
    static void stop() {
        running.ifPresent(RunningPlatform::close);
    }

    /** A function that notes what it sees. */
    private record Seeing(String name, Path file) {
        List<JsonNode> events() {
            try {
                var events = new ArrayList<JsonNode>();
                if (Files.exists(file)) {
                    for (var line : Files.readAllLines(file)) {
                        events.add(JSON.readTree(line));
                    }
                }
                return events;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        List<String> kafkaValues() {
            var values = new ArrayList<String>();
            events().forEach(event -> event.path("records")
                    .forEach(shard -> shard.forEach(record -> values.add(new String(
                            Base64.getDecoder().decode(record.path("value").asText()), UTF_8)))));
            return values;
        }

        List<String> bodies() {
            var values = new ArrayList<String>();
            events().forEach(event -> event.path("Records")
                    .forEach(record -> values.add(record.path("body").asText())));
            return values;
        }
    }

    private Seeing function() {
        var file = data.resolve(Functions.newName("seen"));
        var name = new Functions(lambda)
                .python(SOURCE, request -> request.environment(e -> e.variables(Map.of("SEEN", file.toString()))));
        return new Seeing(name, file);
    }

    private String topic(String suffix, int partitions) throws Exception {
        var name = Functions.newName("orders") + suffix;
        try (var admin = Admin.create(Map.of("bootstrap.servers", platform.kafkaBootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1)))
                    .all()
                    .get();
        }
        return name;
    }

    private void produce(String topic, String key, String... values) {
        try (var producer = new KafkaProducer<>(
                Map.<String, Object>of("bootstrap.servers", platform.kafkaBootstrapServers()),
                new StringSerializer(),
                new StringSerializer())) {
            for (var value : values) {
                var _ = producer.send(new ProducerRecord<>(topic, key, value));
            }
        }
    }

    private String map(Consumer<CreateEventSourceMappingRequest.Builder> request) {
        var uuid = lambda.createEventSourceMapping(request).uuid();
        awaitState(uuid, "Enabled");
        return uuid;
    }

    private String mapKafka(Seeing function, String topic, Consumer<CreateEventSourceMappingRequest.Builder> more) {
        return map(request -> {
            request.functionName(function.name())
                    .selfManagedEventSource(source -> source.endpoints(
                            Map.of(EndPointType.KAFKA_BOOTSTRAP_SERVERS, List.of(platform.kafkaBootstrapServers()))))
                    .topics(topic)
                    .sourceAccessConfigurations(List.of())
                    .startingPosition(EventSourcePosition.TRIM_HORIZON)
                    .maximumBatchingWindowInSeconds(0);
            more.accept(request);
        });
    }

    private GetEventSourceMappingResponse mapping(String uuid) {
        return lambda.getEventSourceMapping(request -> request.uuid(uuid));
    }

    private void awaitState(String uuid, String state) {
        Waiting.until(PATIENCE, () -> mapping(uuid).state().equals(state));
    }

    @Test
    void filteredRecordsAreLeftOutAPoisonousOneBecomesADeadLetterAndTheRestFlows() throws Exception {
        var function = function();
        var topic = topic("", 1);
        produce(
                topic,
                "k",
                order(1, true),
                order(2, false),
                "{\"id\":3,\"paid\":true,\"note\":\"poison\"}",
                order(4, true));

        var uuid = mapKafka(
                function,
                topic,
                request -> request.batchSize(10)
                        .bisectBatchOnFunctionError(true)
                        .maximumRetryAttempts(1)
                        .filterCriteria(criteria -> criteria.filters(Filter.builder()
                                .pattern("{\"value\":{\"paid\":[true]}}")
                                .build())));

        var letter = deadLetter(topic);
        assertThat(letter.offset()).isEqualTo(2);
        assertThat(letter.origin()).isEqualTo(DeadLetter.Origin.EVENT_SOURCE);
        assertThat(letter.attempts()).isEqualTo(2);
        assertThat(letter.errorType()).isEqualTo("ValueError");
        Waiting.until(PATIENCE, () -> "OK".equals(mapping(uuid).lastProcessingResult()));
        assertThat(function.kafkaValues())
                .contains(order(1, true), order(4, true))
                .doesNotContain(order(2, false));
        assertThat(platform.managementPage("/metrics"))
                .contains("kappa_mapping_filtered_out_event_count", "kappa_mapping_dropped_event_count");
    }

    @Test
    void aMappingOfAnAliasFollowsItToAnotherVersion() throws Exception {
        var function = function();
        var topic = topic("", 1);
        lambda.publishVersion(request -> request.functionName(function.name()));
        var other = data.resolve(Functions.newName("seen"));
        lambda.updateFunctionConfiguration(request -> request.functionName(function.name())
                .environment(environment -> environment.variables(Map.of("SEEN", other.toString()))));
        lambda.waiter().waitUntilFunctionUpdatedV2(request -> request.functionName(function.name()));
        lambda.publishVersion(request -> request.functionName(function.name()));
        lambda.createAlias(
                request -> request.functionName(function.name()).name("live").functionVersion("1"));
        produce(topic, "k", order(1, true));

        var uuid = mapKafka(function, topic, request -> request.functionName(function.name() + ":live"));

        assertThat(mapping(uuid).functionArn()).endsWith(function.name() + ":live");
        Waiting.until(PATIENCE, () -> function.kafkaValues().contains(order(1, true)));
        lambda.updateAlias(
                request -> request.functionName(function.name()).name("live").functionVersion("2"));
        produce(topic, "k", order(2, true));
        Waiting.until(
                PATIENCE, () -> new Seeing(function.name(), other).kafkaValues().contains(order(2, true)));
        assertThat(function.kafkaValues()).doesNotContain(order(2, true));
    }

    private static String order(int id, boolean paid) {
        return "{\"id\":%d,\"paid\":%s}".formatted(id, paid);
    }

    private DeadLetter deadLetter(String topic) {
        var codec = RecordCodec.of(DeadLetter.class);
        var record = topics.await(
                Topic.DEAD_LETTERS_RECORDS.name("kappa"),
                PATIENCE,
                one -> topic.equals(
                        codec.decode(one.headers().lastHeader(DeadLetter.HEADER).value())
                                .topic()));
        return codec.decode(record.headers().lastHeader(DeadLetter.HEADER).value());
    }

    @Test
    void whatFailsForGoodGoesToADestinationInLambdasForm() throws Exception {
        var function = function();
        var topic = topic("", 1);
        var failures = topic("-failures", 1);
        produce(topic, "k", "poison");

        mapKafka(
                function,
                topic,
                request -> request.maximumRetryAttempts(0)
                        .destinationConfig(
                                config -> config.onFailure(failure -> failure.destination("kafka://" + failures))));

        var told = JSON.readTree(topics.await(failures, PATIENCE, _ -> true).value());
        assertThat(told.path("requestContext").path("condition").asText()).isEqualTo("RetriesExhausted");
        assertThat(told.path("payload")
                        .path("records")
                        .path(topic + "-0")
                        .get(0)
                        .path("offset")
                        .asInt())
                .isZero();
    }

    @Test
    void aDisabledMappingKeepsItsPositionAndADeletedOneIsGone() throws Exception {
        var function = function();
        var topic = topic("", 2);
        var uuid = mapKafka(function, topic, _ -> {});
        produce(topic, "k", "one");
        Waiting.until(PATIENCE, () -> function.kafkaValues().contains("one"));

        lambda.updateEventSourceMapping(request -> request.uuid(uuid).enabled(false));
        awaitState(uuid, "Disabled");
        produce(topic, "k", "two");
        lambda.updateEventSourceMapping(request -> request.uuid(uuid).enabled(true));
        awaitState(uuid, "Enabled");
        Waiting.until(PATIENCE, () -> function.kafkaValues().contains("two"));

        lambda.updateEventSourceMapping(request -> request.uuid(uuid).batchSize(1));
        awaitState(uuid, "Enabled");
        produce(topic, "k", "three");
        Waiting.until(PATIENCE, () -> function.kafkaValues().contains("three"));
        assertThat(function.kafkaValues()).containsExactly("one", "two", "three");

        lambda.deleteEventSourceMapping(request -> request.uuid(uuid));
        Waiting.until(PATIENCE, () -> {
            try {
                mapping(uuid);
                return false;
            } catch (ResourceNotFoundException e) {
                return true;
            }
        });
    }

    @Test
    void aTopicUnderAKinesisNameIsReadAsAStreamWithWindows() throws Exception {
        var function = function();
        var topic = topic("", 1);
        map(request -> request.functionName(function.name())
                .eventSourceArn("arn:aws:kinesis" + ACCOUNT + "stream/" + topic)
                .startingPosition(EventSourcePosition.TRIM_HORIZON)
                .tumblingWindowInSeconds(1));
        produce(topic, "k", "first");

        Waiting.until(
                PATIENCE,
                () -> function.events().stream()
                        .anyMatch(event -> event.path("isFinalInvokeForWindow").asBoolean()));
        var events = function.events();
        var record = events.getFirst().path("Records").get(0);
        assertThat(record.path("eventSource").asText()).isEqualTo("aws:kinesis");
        assertThat(record.path("kinesis").path("partitionKey").asText()).isEqualTo("k");
        assertThat(events.getFirst().path("state")).isEmpty();
        assertThat(events.getLast().path("state").path("n").asInt()).isEqualTo(1);
    }

    @Test
    void aTopicUnderAnSqsNameIsReadAsAQueueWhoseFailedMessagesComeAgain() throws Exception {
        var function = function();
        var topic = topic("", 3);
        map(request -> request.functionName(function.name())
                .eventSourceArn("arn:aws:sqs" + ACCOUNT + topic)
                .functionResponseTypes(FunctionResponseType.REPORT_BATCH_ITEM_FAILURES));
        produce(topic, "a", "fine", "hiccup");

        Waiting.until(
                PATIENCE,
                () -> function.bodies().stream().filter("hiccup"::equals).count() == 2);
        assertThat(function.bodies().stream().filter("fine"::equals)).hasSize(1);
        var again = function.events().getLast().path("Records").get(0);
        assertThat(again.path("attributes").path("ApproximateReceiveCount").asText())
                .isEqualTo("2");
    }

    @Test
    void aQueueGivesUpAMessageAfterItsMostReceives() throws Exception {
        var function = function();
        var topic = topic("", 1);
        map(request -> request.functionName(function.name()).eventSourceArn("arn:aws:sqs" + ACCOUNT + topic));
        produce(topic, "a", "poison");

        assertThat(deadLetter(topic).attempts()).isEqualTo(2);
    }

    @Test
    void oneMessageGroupOfAFifoQueueWaitsForItsFailedMessageAndTheOthersDoNot() throws Exception {
        var function = function();
        var topic = topic(".fifo", 1);
        produce(topic, "a", "poison-a1");
        produce(topic, "a", "a2");
        produce(topic, "b", "b1");
        map(request -> request.functionName(function.name())
                .eventSourceArn("arn:aws:sqs" + ACCOUNT + topic)
                .batchSize(1));

        Waiting.until(PATIENCE, () -> function.bodies().contains("a2"));
        var bodies = function.bodies();
        assertThat(bodies.indexOf("a2")).as("after both tries of a1").isGreaterThan(bodies.lastIndexOf("poison-a1"));
        assertThat(bodies.indexOf("b1")).isLessThan(bodies.lastIndexOf("poison-a1"));
        assertThat(function.events().stream()
                        .map(event -> event.path("Records").get(0))
                        .filter(message -> message.path("body").asText().equals("b1"))
                        .map(message -> message.path("attributes")
                                .path("MessageGroupId")
                                .asText()))
                .containsExactly("b");
    }

    @Test
    void theAwsCliMakesAMappingAndSeesHowItGoes() throws Exception {
        var cli = new AwsCli(platform.endpoint(), Files.createDirectory(data.resolve("cli")));
        var function = function();
        var topic = topic("", 1);
        produce(topic, "k", "hello");

        var made = JSON.readTree(cli.run("aws lambda create-event-source-mapping --function-name " + function.name()
                + " --topics " + topic + " --starting-position TRIM_HORIZON --batch-size 5"
                + " --source-access-configurations '[]'"
                + " --self-managed-event-source '{\"Endpoints\":{\"KAFKA_BOOTSTRAP_SERVERS\":[\""
                + platform.kafkaBootstrapServers() + "\"]}}'"));
        assertThat(made.path("State").asText()).isEqualTo("Creating");

        Waiting.until(PATIENCE, () -> function.kafkaValues().contains("hello"));
        var listed = JSON.readTree(cli.run("aws lambda list-event-source-mappings --function-name " + function.name()));
        assertThat(listed.path("EventSourceMappings")).hasSize(1);
        assertThat(listed.path("EventSourceMappings").get(0).path("BatchSize").asInt())
                .isEqualTo(5);
    }
}
