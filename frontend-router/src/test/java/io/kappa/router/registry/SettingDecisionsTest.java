package io.kappa.router.registry;

import static io.kappa.router.registry.Ownership.refused;
import static io.kappa.router.registry.Samples.CODE;
import static io.kappa.router.registry.Samples.DELETE;
import static io.kappa.router.registry.Samples.GREET;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.function.Version;
import io.kappa.contracts.registry.RecursionRecord;
import io.kappa.contracts.registry.RegistryRecord;
import io.kappa.contracts.registry.RuntimeManagementRecord;
import io.kappa.contracts.registry.RuntimeManagementRecord.UpdateRuntimeOn;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.registry.RegistryCommand.ChangeSetting;
import io.kappa.router.registry.RegistryCommand.CreateAlias;
import io.kappa.router.registry.RegistryCommand.DeleteFunction;
import io.kappa.router.registry.SettingChange.PutRecursiveLoop;
import io.kappa.router.registry.SettingChange.PutRuntimeManagement;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is done about loops, and when runtimes are updated. */
class SettingDecisionsTest {
    private static final ChangeSetting ALLOW =
            new ChangeSetting(GREET, null, new PutRecursiveLoop(RecursionRecord.Loop.Allow));

    private final Ownership owner = new Ownership();

    private static ChangeSetting manage(@Nullable String qualifier) {
        return new ChangeSetting(GREET, qualifier, new PutRuntimeManagement(UpdateRuntimeOn.FunctionUpdate, null));
    }

    private List<RegistryRecord> kept() {
        return owner.state.partsOf(GREET).stream()
                .filter(record -> record instanceof RecursionRecord || record instanceof RuntimeManagementRecord)
                .toList();
    }

    @Test
    void whatIsSetIsRecordedForTheFunctionOrForOneVersion() {
        owner.published(GREET, 1);

        owner.completed(ALLOW);
        owner.completed(manage(null));
        owner.completed(manage("1"));

        assertThat(kept())
                .containsExactlyInAnyOrder(
                        new RecursionRecord(GREET, RecursionRecord.Loop.Allow),
                        new RuntimeManagementRecord(GREET, "$LATEST", UpdateRuntimeOn.FunctionUpdate, null),
                        new RuntimeManagementRecord(GREET, "1", UpdateRuntimeOn.FunctionUpdate, null));
    }

    @Test
    void nothingIsSetForWhatDoesNotExist() {
        assertThat(owner.ask(ALLOW)).isEqualTo(refused(ErrorCode.RESOURCE_NOT_FOUND, "Function not found: " + GREET));
        owner.published(GREET, 1);
        owner.completed(new CreateAlias(GREET, "live", new Version.Published(1), "", List.of()));
        for (var qualifier : List.of("2", "live")) {
            assertThat(owner.ask(manage(qualifier)))
                    .isEqualTo(refused(ErrorCode.RESOURCE_NOT_FOUND, "Function not found: " + GREET + ":" + qualifier));
        }
    }

    @Test
    void itGoesWithTheVersionAndWithTheFunction() {
        owner.published(GREET, 1);
        owner.completed(ALLOW);
        owner.completed(manage("1"));

        owner.completed(new DeleteFunction(GREET, new Version.Published(1)));
        assertThat(kept()).containsExactly(new RecursionRecord(GREET, RecursionRecord.Loop.Allow));

        owner.completed(DELETE);
        owner.active(GREET, CODE);
        assertThat(kept()).isEmpty();
    }
}
