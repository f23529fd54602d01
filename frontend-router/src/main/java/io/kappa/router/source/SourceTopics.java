package io.kappa.router.source;

/** The topics of the platform's cluster that can be event sources. */
@FunctionalInterface
public interface SourceTopics {

    /** Whether the cluster says that there is no such topic; false where it does not say in time. Blocks for as long. */
    boolean isMissing(String topic);
}
