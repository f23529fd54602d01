package io.kappa.router.provisioning;

import io.kappa.contracts.function.Version;
import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.registry.ProvisionedConcurrencyRecord;
import io.kappa.contracts.registry.RegistryView.FunctionView;
import io.kappa.router.provisioning.ProvisionedReadiness.Ready;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How far what is provisioned is there. As with Lambda, nothing of it is used before all that was asked for is there. Where several aliases
 * have a version provisioned, its environments are for all of them together.
 */
public final class ProvisionedConcurrency {
    private final ProvisionedReadiness readiness;

    public ProvisionedConcurrency(ProvisionedReadiness readiness) {
        this.readiness = readiness;
    }

    /** Named as the API writes them. */
    public enum Status {
        IN_PROGRESS,
        READY,
        FAILED
    }

    /**
     * How far one configuration has come.
     *
     * @param allocated execution environments that are ready for it, of those that were asked for
     * @param available of the allocated, those that invocations may use: all or none
     * @param reason why it failed; null where it has not
     */
    public record Progress(
            int allocated,
            int available,
            Status status,
            @Nullable String reason) {}

    public Progress of(FunctionView function, ProvisionedConcurrencyRecord config) {
        var wanted = function.provisionedByVersion();
        int allocated = 0;
        String problem = null;
        for (var share : function.sharesOf(config).entrySet()) {
            if (share.getValue() > 0) {
                var ready = ready(function, share.getKey());
                allocated += partOf(share, Objects.requireNonNull(wanted.get(share.getKey())), ready.environments());
                problem = problem == null ? ready.problem() : problem;
            }
        }
        if (allocated >= config.requested()) {
            return new Progress(config.requested(), config.requested(), Status.READY, null);
        }
        return problem == null
                ? new Progress(allocated, 0, Status.IN_PROGRESS, null)
                : new Progress(allocated, 0, Status.FAILED, problem);
    }

    private Ready ready(FunctionView function, Version version) {
        return function.version(version)
                .map(record -> readiness.of(
                        new VersionArn(function.function().function(), version),
                        record.running().generation()))
                .orElse(new Ready(0, null));
    }

    /** How much of a share is there, of a version of which {@code wanted} are to be kept in all and {@code ready} are. */
    private static int partOf(Map.Entry<Version, Integer> share, int wanted, int ready) {
        return ready >= wanted ? share.getValue() : (int) ((long) share.getValue() * ready / wanted);
    }

    /** How many invocations of a version may use environments that are provisioned, at once; 0 until all are there that were asked for. */
    public int usable(FunctionView function, Version version) {
        if (function.provisioned().isEmpty()) {
            return 0; // As of most functions, and each invocation asks.
        }
        int usable = 0;
        for (var config : function.provisioned().values()) {
            int share = function.sharesOf(config).getOrDefault(version, 0);
            if (share > 0 && of(function, config).status() == Status.READY) {
                usable += share;
            }
        }
        return usable;
    }
}
