package io.kappa.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.marcnuri.helm.Helm;
import io.kappa.contracts.topic.Topic;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The chart is one that Helm takes, and makes objects that Kubernetes and its operators take. What it makes of each example is kept in a file,
 * so that a change shows what it changes; {@code -Dgolden=write} writes these anew.
 */
class ChartRendersTest {
    private static final Path GOLDEN = Path.of("src/test/resources/io/kappa/deploy/golden");
    private static final boolean WRITE = "write".equals(System.getProperty("golden"));
    private static final int LONG_TEXT = 4_000;

    private static final List<Changelog> CHANGELOGS = List.of(
            new Changelog("registry-state-changelog", Topic.REGISTRY_COMMANDS, Topic.REGISTRY_RECORDS),
            new Changelog("usage-days-changelog", Topic.FUNCTIONS_METERING, Topic.FUNCTIONS_LOG_STREAMS),
            new Changelog("async-queue-state-changelog", Topic.INVOCATIONS_QUEUED, Topic.REGISTRY_RECORDS),
            new Changelog("dead-letters-index-changelog", Topic.DEAD_LETTERS_RECORDS, Topic.REGISTRY_RECORDS));

    /**
     * Where a Kafka Streams application keeps its state.
     *
     * @param shards has as many partitions
     * @param like is kept as long
     */
    private record Changelog(String name, Topic shards, Topic like) {}

    @TempDir
    private Path directory;

    static Stream<String> examples() {
        return Rendered.examples();
    }

    @Test
    void helmFindsNothingToComplainOf() {
        var result = new Helm(Repository.CHART).lint().strict().call();
        assertThat(result.isFailed()).as(() -> result.getMessages().toString()).isFalse();
    }

    @Test
    void theDefaultsMakeObjectsThatTheirModelsKnowInFull() {
        assertThat(Rendered.ofDefaults().objects()).isNotEmpty().allSatisfy(ChartRendersTest::isKnown);
    }

    @ParameterizedTest
    @MethodSource("examples")
    void eachExampleMakesObjectsThatTheirModelsKnowInFull(String example) {
        assertThat(Rendered.ofExample(example).objects()).isNotEmpty().allSatisfy(ChartRendersTest::isKnown);
    }

    @Test
    void aMisspeltMemberOfAnObjectWouldBeFound() throws IOException {
        var object = Rendered.ofDefaults().one("StatefulSet", "kappa-router");
        ((ObjectNode) Rendered.container(object)).put("imagePullPolice", "Always");
        assertThat(StrictModels.problem(object))
                .hasValueSatisfying(problem -> assertThat(problem).contains("imagePullPolice"));
    }

    private static void isKnown(JsonNode object) {
        assertThat(StrictModels.problem(object)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("examples")
    void eachExampleMakesWhatItMadeBefore(String example) throws IOException {
        var text = new StringBuilder();
        for (var object : Rendered.ofExample(example).objects()) {
            text.append(Rendered.YAML.writeValueAsString(shortened(object)));
        }
        var file = GOLDEN.resolve(example + ".yaml");
        if (WRITE) {
            Files.writeString(file, text);
        }
        assertThat(text.toString()).isEqualTo(Files.readString(file));
    }

    /** Of long texts, such as dashboards, which are files of their own, it is enough to know that they are the same. */
    private static JsonNode shortened(JsonNode object) {
        if (object.path("data") instanceof ObjectNode data) {
            data.properties().stream()
                    .filter(entry -> entry.getValue().asText().length() > LONG_TEXT)
                    .toList()
                    .forEach(entry ->
                            data.put(entry.getKey(), sha256(entry.getValue().asText())));
        }
        return object;
    }

    private static String sha256(String text) {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return "sha256:" + HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {router: {autoscaling: {kind: HPA, triggers: [{type: cpu, metadata: {value: "70"}}]}}} | triggers
            {router: {autoscaling: {kind: both}}}                                                  | kind
            {router: {autoscaling: {hpa: {enabled: true}}}}                                        | hpa
            {router: {terminationGracePeriodSeconds: 60}}                                          | terminationGracePeriodSeconds
            {worker: {terminationGracePeriodSeconds: 60}}                                          | terminationGracePeriodSeconds
            {kafka: {client: {sasl.jaas.config: x}}}                                               | sasl.jaas.config
            {networkPolicy: {functionEgress: {except: [10.0.0.0/8]}}}                              | except
            {router: {replica: 3}}                                                                 | replica
            {encryption: {existingSecret: ""}}                                                     | existingSecret
            """)
    void whatCannotBeMeantIsRefusedByTheSchema(String values, String named) throws IOException {
        var file = Files.writeString(directory.resolve("values.yaml"), values);
        assertThatThrownBy(() -> Rendered.of(file)).hasMessageContaining(named);
    }

    /** The file that Strimzi's topics are made of says what the platform's own list says. Written anew by {@code -Dgolden=write}, too. */
    @Test
    void theTopicsOfTheChartAreThoseOfThePlatform() throws IOException {
        var file = Repository.CHART.resolve("files/topics.yaml");
        var text = topics();
        if (WRITE) {
            Files.writeString(file, text);
        }
        assertThat(text).isEqualTo(Files.readString(file));
    }

    private static String topics() throws IOException {
        var root = Rendered.YAML.createObjectNode();
        var topics = root.putArray("topics");
        for (var topic : Topic.values()) {
            var one = topics.addObject().put("name", topic.suffix()).put("partitions", topic.partitions());
            one.put("application", false).put("queue", topic.suffix().startsWith("invocations."));
            configuration(one, topic);
        }
        for (var changelog : CHANGELOGS) {
            var one = topics.addObject()
                    .put("name", changelog.name())
                    .put("partitions", changelog.shards().partitions());
            one.put("application", true)
                    .put("queue", changelog.shards().suffix().startsWith("invocations."));
            configuration(one, changelog.like());
        }
        return "# The platform's topics, by its own list; written by ChartRendersTest. Those of applications are changelogs of Kafka Streams.\n"
                + Rendered.YAML.writeValueAsString(root).replaceFirst("^---\n", "");
    }

    private static void configuration(ObjectNode topic, Topic like) {
        var config = topic.putObject("config");
        new TreeMap<>(like.configuration()).forEach((key, value) -> {
            Optional<Long> number = value.matches("\\d+") ? Optional.of(Long.valueOf(value)) : Optional.empty();
            number.ifPresentOrElse(whole -> config.put(key, whole), () -> config.put(key, value));
        });
    }
}
