package io.kappa.router.registry;

import static io.kappa.router.registry.Samples.GREET;
import static io.kappa.router.registry.ScalingDecisionsTest.changing;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.json.RecordCodec;
import io.kappa.router.registry.CommandRecord.Ask;
import io.kappa.router.registry.ScalingChange.DeleteAction;
import io.kappa.router.registry.ScalingChange.DeletePolicy;
import io.kappa.router.registry.ScalingChange.DeregisterTarget;
import io.kappa.router.registry.ScalingChange.PutAction;
import io.kappa.router.registry.ScalingChange.PutPolicy;
import io.kappa.router.registry.ScalingChange.RegisterTarget;
import io.kappa.router.registry.ScalingChange.Tag;
import io.kappa.router.registry.ScalingChange.Untag;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** As {@link WireRecordsTest}, for what changes scaling. */
class ScalingWireRecordsTest {
    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
    private static final RecordCodec<CommandRecord> COMMANDS = RecordCodec.of(CommandRecord.class);

    static Stream<Arguments> changes() {
        return Stream.of(
                Arguments.of(
                        "{\"kind\":\"register-target\",\"id\":\"t\",\"minimum\":1,\"maximum\":10,"
                                + "\"scaleInSuspended\":true,\"tags\":{\"team\":\"blue\"}}",
                        new RegisterTarget("t", 1, 10, true, null, null, Map.of("team", "blue"))),
                Arguments.of("{\"kind\":\"deregister-target\"}", new DeregisterTarget()),
                Arguments.of(
                        "{\"kind\":\"put-policy\",\"name\":\"p\",\"id\":\"i\",\"targetValue\":0.7,"
                                + "\"scaleOutCooldownSeconds\":1,\"scaleInCooldownSeconds\":2,\"disableScaleIn\":false}",
                        new PutPolicy("p", "i", 0.7, 1, 2, false)),
                Arguments.of("{\"kind\":\"delete-policy\",\"name\":\"p\"}", new DeletePolicy("p")),
                Arguments.of(
                        "{\"kind\":\"put-action\",\"name\":\"a\",\"id\":\"i\",\"schedule\":\"rate(1 day)\","
                                + "\"timezone\":\"Europe/Berlin\",\"start\":\"2026-11-20T12:00:00Z\",\"minimum\":1}",
                        new PutAction("a", "i", "rate(1 day)", "Europe/Berlin", NOON, null, 1, null)),
                Arguments.of("{\"kind\":\"delete-action\",\"name\":\"a\"}", new DeleteAction("a")),
                Arguments.of("{\"kind\":\"tag\",\"tags\":{\"team\":\"red\"}}", new Tag(Map.of("team", "red"))),
                Arguments.of("{\"kind\":\"untag\",\"keys\":[\"team\"]}", new Untag(List.of("team"))));
    }

    @ParameterizedTest
    @MethodSource("changes")
    void commandsAreWrittenAsTheyAlwaysWereAndReadWithWhatIsNew(String json, ScalingChange change) {
        var text = "{\"kind\":\"ask\",\"v\":1,\"id\":\"c1\",\"asked\":\"2026-11-20T12:00:00Z\",\"command\":"
                + "{\"kind\":\"change-scaling\",\"function\":\"" + GREET + "\",\"qualifier\":\"1\",\"change\":" + json
                + "}}";
        var command = new Ask("c1", NOON, changing("1", change));

        assertThat(new String(COMMANDS.encode(command), UTF_8)).isEqualTo(text);
        assertThat(COMMANDS.decode(text.replace("\"qualifier\"", "\"later\":1,\"qualifier\"")
                        .getBytes(UTF_8)))
                .isEqualTo(command);
    }
}
