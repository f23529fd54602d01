package io.kappa.mapper.source;

import io.kappa.kit.settings.Settings;
import java.nio.file.Path;
import java.util.Map;

/**
 * How sources are reached that are not on Kappa's own cluster.
 *
 * @param clusters settings of Kafka clients by Kafka's own names, each after the name of a cluster and a dot; the name is the one in
 *     {@code arn:aws:kafka:REGION:ACCOUNT:cluster/NAME/ID}
 * @param secrets directory with one file for each secret that mappings name
 * @param unencrypted whether user names and passwords may be sent to self-managed clusters without TLS
 */
public record SourceSettings(Map<String, String> clusters, Path secrets, boolean unencrypted) {
    public SourceSettings {
        clusters = Map.copyOf(clusters);
    }

    public static SourceSettings from(Settings settings) {
        return new SourceSettings(
                settings.below("mapper.clusters."),
                Path.of(settings.text("mapper.secrets-directory", "secrets")),
                settings.flag("mapper.unencrypted-credentials", false));
    }
}
