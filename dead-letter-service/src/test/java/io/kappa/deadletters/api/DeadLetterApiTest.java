package io.kappa.deadletters.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kappa.deadletters.index.Filter;
import io.kappa.deadletters.index.RedriveOrder;
import io.kappa.deadletters.payload.PayloadEdit;
import io.kappa.kit.kafka.KafkaSettings;
import io.kappa.kit.management.ManagementApi;
import io.kappa.kit.management.ManagementRefusal;
import io.kappa.testkit.OpenApiDescription;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeadLetterApiTest {
    private static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");

    private final OpenApiDescription description =
            OpenApiDescription.of(DeadLetterApi.class, "/io/kappa/deadletters/openapi.json");

    @Test
    @SuppressWarnings("NullAway") // Nobody asks the index what there is to be asked.
    void theDescriptionIsValidAndSaysExactlyWhatIsMounted() {
        var kafka = new KafkaSettings("nowhere:9092", "kappa", -1, true, Map.of());
        var routes = new DeadLetterApi(null, kafka, Clock.systemUTC()).routes();

        assertThat(description.problems()).isEmpty();
        assertThat(description.operations())
                .isEqualTo(routes.stream()
                        .map(route -> OpenApiDescription.operation(route.method(), route.path()))
                        .collect(Collectors.toSet()));
    }

    @Test
    void membersThatAreDescribedAreThoseThatAreReadAndWritten() {
        assertThat(Map.ofEntries(
                        Map.entry("DeadLetter", Answers.DeadLetterAnswer.class),
                        Map.entry("DeadLetters", Answers.DeadLettersAnswer.class),
                        Map.entry("CountsByStatus", Answers.CountsOf.class),
                        Map.entry("Counts", Answers.CountsAnswer.class),
                        Map.entry("Deletion", Answers.DeletionAnswer.class),
                        Map.entry("Progress", Answers.ProgressAnswer.class),
                        Map.entry("Redrive", Answers.RedriveAnswer.class),
                        Map.entry("Redrives", Answers.RedrivesAnswer.class),
                        Map.entry("Result", Answers.ResultAnswer.class),
                        Map.entry("Results", Answers.ResultsAnswer.class),
                        Map.entry("Filter", Filter.class),
                        Map.entry("PayloadEdit", PayloadEdit.class),
                        Map.entry("Delete", Asked.Delete.class),
                        Map.entry("CreateRedrive", Asked.CreateRedrive.class)))
                .allSatisfy((schema, type) ->
                        assertThat(description.members(schema)).isEqualTo(OpenApiDescription.membersOf(type)));
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
