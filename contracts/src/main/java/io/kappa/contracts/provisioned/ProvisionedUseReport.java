package io.kappa.contracts.provisioned;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.kappa.contracts.function.VersionArn;
import java.util.List;

/**
 * What a router says of how much of provisioned concurrency it has used in one minute, in {@code provisioned.reports}, keyed by account. The
 * owner of the account adds up what all routers say; one that is read twice counts once.
 *
 * @param router which of them
 * @param minute since the beginning of 1970
 * @param uses of the account's versions, those of which something is provisioned
 */
public record ProvisionedUseReport(
        @JsonProperty("v") int formatVersion, String router, String account, long minute, List<Use> uses) {

    /**
     * The use of one version.
     *
     * @param running invocations on provisioned environments that this router had running, on average over the minute
     * @param ready provisioned environments that there were of the version, in all, on average over the minute
     */
    public record Use(VersionArn version, double running, double ready) {}

    public ProvisionedUseReport {
        uses = List.copyOf(uses);
    }

    public ProvisionedUseReport(String router, String account, long minute, List<Use> uses) {
        this(1, router, account, minute, uses);
    }
}
