package io.kappa.deadletters.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.kappa.deadletters.index.Filter;
import io.kappa.deadletters.index.RedriveOrder;
import io.kappa.kit.kafka.KafkaSettings;
import io.kappa.kit.management.ManagementApi;
import io.kappa.kit.management.ManagementRefusal;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.ParseOptions;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeadLetterApiTest {
    private static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");

    private static String description() throws IOException {
        try (var in =
                Objects.requireNonNull(DeadLetterApi.class.getResourceAsStream("/io/kappa/deadletters/openapi.json"))) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }

    @Test
    void theDescriptionCanBeRead() throws IOException {
        var options = new ParseOptions();
        options.setResolve(true);
        var parsed = new OpenAPIV3Parser().readContents(description(), null, options);
        assertThat(parsed.getMessages()).isEmpty();
        assertThat(parsed.getOpenAPI().getOpenapi()).isEqualTo("3.1.0");
        assertThat(parsed.getOpenAPI().getPaths()).hasSize(10);
    }

    @Test
    @SuppressWarnings("NullAway") // Nobody asks the index what there is to be asked.
    void whatIsDescribedIsWhatIsMounted() throws IOException {
        var described = new TreeSet<String>();
        ManagementApi.JSON
                .readTree(description())
                .path("paths")
                .properties()
                .forEach(path -> path.getValue()
                        .fieldNames()
                        .forEachRemaining(method -> described.add(method + " " + path.getKey())));
        var kafka = new KafkaSettings("nowhere:9092", "kappa", -1, true, Map.of());
        var mounted = new DeadLetterApi(null, kafka, Clock.systemUTC())
                .routes().stream()
                        .map(route -> route.method().name().toLowerCase(java.util.Locale.ROOT) + " "
                                + route.path().replaceAll(":(\\w+)", "{$1}"))
                        .collect(Collectors.toCollection(TreeSet::new));
        assertThat(described).isEqualTo(mounted);
    }

    @Test
    void membersThatAreDescribedAreThoseThatAreReadAndWritten() throws IOException {
        var schemas = ManagementApi.JSON.readTree(description()).at("/components/schemas");
        for (var pair : List.of(
                pair(schemas, "DeadLetter", Answers.DeadLetterAnswer.class),
                pair(schemas, "DeadLetters", Answers.DeadLettersAnswer.class),
                pair(schemas, "CountsByStatus", Answers.CountsOf.class),
                pair(schemas, "Counts", Answers.CountsAnswer.class),
                pair(schemas, "Deletion", Answers.DeletionAnswer.class),
                pair(schemas, "Progress", Answers.ProgressAnswer.class),
                pair(schemas, "Redrive", Answers.RedriveAnswer.class),
                pair(schemas, "Redrives", Answers.RedrivesAnswer.class),
                pair(schemas, "Result", Answers.ResultAnswer.class),
                pair(schemas, "Results", Answers.ResultsAnswer.class),
                pair(schemas, "Filter", Filter.class),
                pair(schemas, "PayloadEdit", io.kappa.deadletters.payload.PayloadEdit.class),
                pair(schemas, "Delete", Asked.Delete.class),
                pair(schemas, "CreateRedrive", Asked.CreateRedrive.class))) {
            assertThat(pair.getFirst()).isEqualTo(pair.getLast());
        }
    }

    private static List<Set<String>> pair(JsonNode schemas, String schema, Class<?> type) {
        var described = new TreeSet<String>();
        schemas.path(schema).path("properties").fieldNames().forEachRemaining(described::add);
        var members = Arrays.stream(type.getRecordComponents())
                .map(java.lang.reflect.RecordComponent::getName)
                .collect(Collectors.toCollection(TreeSet::new));
        return List.of(described, members);
    }

    @Test
    void aRedriveNeedsNoMoreThanAFilter() throws IOException {
        var order = redrive("{\"filter\":{}}").order(NOON);
        assertThat(order)
                .isEqualTo(new RedriveOrder(
                        Filter.ALL, RedriveOrder.DEFAULT_RATE, false, null, null, null, null, NOON, null));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"filter\":{},\"ratePerSecond\":0}",
                "{\"filter\":{},\"ratePerSecond\":10001}",
                "{\"filter\":{},\"maximum\":0}",
                "{\"filter\":{},\"target\":\"greet\"}",
                "{\"filter\":{},\"qualifier\":\"no qualifier\"}",
                "{\"filter\":{},\"qualifier\":\"b\",\"target\":\"arn:aws:lambda:us-east-1:000000000000:function:f:a\"}",
            })
    void aRedriveThatCannotBeIsRefused(String body) throws IOException {
        var asked = redrive(body);
        assertThatThrownBy(() -> asked.order(NOON)).isInstanceOf(ManagementRefusal.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"filter\":{\"colour\":1}}",
                "{\"filter\":{},\"rate\":1}",
                "{\"filter\":{},\"edit\":{}}",
                "{\"filter\":{},\"edit\":{\"patch\":[{\"op\":\"burn\"}]}}",
                "{\"filter\":{\"after\":\"yesterday\"}}",
            })
    void aBodyThatIsNotUnderstoodIsRefused(String body) {
        assertThatThrownBy(() -> redrive(body)).isInstanceOf(IOException.class);
    }

    private static Asked.CreateRedrive redrive(String body) throws IOException {
        return ManagementApi.JSON.readValue(body, Asked.CreateRedrive.class);
    }

    @Test
    void deletingWantsToBeConfirmedAndToldWhat() throws IOException {
        for (var refused : List.of(
                "{\"filter\":{}}",
                "{\"ids\":[\"a\"],\"confirm\":false}",
                "{\"confirm\":true}",
                "{\"ids\":[],\"filter\":{},\"confirm\":true}")) {
            var asked = ManagementApi.JSON.readValue(refused, Asked.Delete.class);
            assertThatThrownBy(asked::which).as(refused).isInstanceOf(ManagementRefusal.class);
        }
        var asked = ManagementApi.JSON.readValue("{\"ids\":[\"a\"],\"confirm\":true}", Asked.Delete.class);
        assertThat(asked.which().ids()).containsExactly("a");
    }

    @Test
    void aCursorIsReadAsItWasGivenOut() {
        var position = "1769860800000 invocations.queued-2-12345";
        assertThat(Cursor.read(Optional.ofNullable(Cursor.of(position)), _ -> true))
                .contains(position);
        assertThat(Cursor.read(Optional.empty(), _ -> false)).isEmpty();
        Stream.of("%%%", "x")
                .forEach(wrong -> assertThatThrownBy(() -> Cursor.read(Optional.of(wrong), _ -> false))
                        .isInstanceOf(ManagementRefusal.class));
    }
}
