package io.kappa.router.registry;

import io.kappa.contracts.registry.RegistryRecord;
import io.kappa.testkit.MapTable;
import java.time.Instant;
import java.util.UUID;
import java.util.function.Consumer;

/** The real rules, for a registry in memory that has rules of its own for functions and their versions. */
public final class RealOwner {
    private final RegistryState state = new RegistryState(new MapTable());
    private final RegistryDecisions decisions = new RegistryDecisions(
            state, AccountQuotas.DEFAULTS, () -> UUID.randomUUID().toString());

    /** Takes over what the other registry holds. */
    public void learn(RegistryRecord record) {
        state.apply(new Change.Recorded(record));
    }

    /**
     * Decides, and says what is to be recorded and removed. The package of a layer is taken to be stored.
     *
     * @return the answer
     */
    public RegistryAnswer decide(
            RegistryCommand command, Instant now, Consumer<RegistryRecord> recorded, Consumer<RegistryRecord> removed) {
        if (command instanceof RegistryCommand.PublishLayerVersion publish) {
            decisions
                    .announce(Upload.of(publish.account(), publish.code()), now)
                    .forEach(state::apply);
        }
        var decision = decisions.decide(command, now);
        for (var change : decision.changes()) {
            state.apply(change);
            switch (change) {
                case Change.Recorded(var record) -> recorded.accept(record);
                case Change.Removed(var record) -> removed.accept(record);
                case Change.UploadAnnounced _, Change.UploadReleased _ -> {}
            }
        }
        return ((Verdict.Answered) decision.verdict()).answer();
    }
}
