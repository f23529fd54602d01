package io.kappa.router.registry;

import static io.kappa.router.registry.Samples.CODE;
import static io.kappa.router.registry.Samples.GREET;
import static io.kappa.router.registry.Samples.MAPPING;
import static io.kappa.router.registry.Samples.NEWER_CODE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.eventsource.MappingReport.Reached;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** How the owner's state lies in its store. Read by the next release of the owner, so its bytes stay readable. */
class RegistryStateTest {
    private static final String USED = "111111111111/" + "a".repeat(64) + "/u1";
    private static final String ANNOUNCED = "111111111111/" + "b".repeat(64) + "/u2";

    private final Ownership owner = new Ownership();

    @Test
    void theStoreHoldsTheRecordsAndWhatFollowsFromThem() {
        owner.stored(CODE, NEWER_CODE).done(Samples.create(GREET, CODE));

        assertThat(owner.table.contents().keySet())
                .isEqualTo(Set.of(
                        "record/" + GREET,
                        "record/" + GREET + ":$LATEST",
                        "account/111111111111",
                        "code/" + USED,
                        "announced/" + ANNOUNCED,
                        "transition/" + GREET + ":$LATEST"));
        assertThat(text("account/111111111111")).isEqualTo("{\"sequence\":2,\"codeBytes\":276}");
        assertThat(text("code/" + USED)).isEqualTo("{\"versions\":1}");
        assertThat(text("announced/" + ANNOUNCED))
                .isEqualTo("{\"upload\":{\"account\":\"111111111111\",\"sha256\":\"" + "b".repeat(64)
                        + "\",\"uploadId\":\"u2\",\"partition\":0,\"chunks\":1},\"until\":\"2026-11-20T12:15:00Z\"}");
    }

    @Test
    void aDeletedFunctionLeavesOnlyItsNumbers() {
        owner.active(GREET, CODE);
        owner.completed(new RegistryCommand.DeleteFunction(GREET, null));

        assertThat(owner.table.contents()).containsOnlyKeys("record/" + GREET, "account/111111111111");
        assertThat(owner.state.remembered(GREET)).isPresent();
        assertThat(owner.state.function(GREET)).isEmpty();
    }

    @Test
    void configurationsAndReservationsLieBesideTheFunction() {
        owner.active(GREET, CODE);
        owner.completed(new RegistryCommand.PutFunctionEventInvokeConfig(
                GREET, "$LATEST", new EventInvokeChange(1, null, null, null)));
        owner.completed(new RegistryCommand.PutFunctionConcurrency(GREET, 7));

        assertThat(owner.table.contents())
                .containsOnlyKeys(
                        "record/" + GREET,
                        "record/" + GREET + ":$LATEST",
                        "record/" + GREET + ":$LATEST#event-invoke-config",
                        "account/111111111111",
                        "code/" + USED,
                        "reserved/111111111111/us-east-1");
        assertThat(text("reserved/111111111111/us-east-1")).isEqualTo("{\"executions\":7}");

        owner.completed(new RegistryCommand.DeleteFunction(GREET, null));
        assertThat(owner.table.contents()).containsOnlyKeys("record/" + GREET, "account/111111111111");
    }

    @Test
    void mappingsAreFoundByTheirFunctionAndTheirConsumerGroup() {
        owner.active(GREET, CODE);
        owner.reading(Samples.map(MAPPING, GREET, Samples.ORDERS));
        owner.reading(Samples.map(Samples.mapping(2), GREET, Samples.QUEUE));

        assertThat(owner.table.contents())
                .containsOnlyKeys(
                        "record/" + GREET,
                        "record/" + GREET + ":$LATEST",
                        "account/111111111111",
                        "code/" + USED,
                        "record/" + MAPPING,
                        "mapped/" + GREET + "/" + MAPPING,
                        "consuming/111111111111/" + MAPPING.uuid() + "/" + MAPPING,
                        "record/" + Samples.mapping(2),
                        "mapped/" + GREET + "/" + Samples.mapping(2));
        assertThat(owner.state.versions(GREET)).hasSize(1);

        owner.report(owner.mapped(new RegistryCommand.DeleteEventSourceMapping(MAPPING)), Reached.STOPPED);
        assertThat(owner.table.contents()).doesNotContainKeys("record/" + MAPPING, "mapped/" + GREET + "/" + MAPPING);
    }

    private String text(String key) {
        return new String(Objects.requireNonNull(owner.table.get(key)), UTF_8);
    }
}
