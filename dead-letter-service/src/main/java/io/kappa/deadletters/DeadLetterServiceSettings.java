package io.kappa.deadletters;

import io.kappa.kit.settings.Settings;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * One process of the dead-letter service.
 *
 * @param id names this process among all of the service, and again when it comes back
 * @param stateDirectory where this process, and no other, keeps its part of the index; lost without harm, but a large one takes its time to
 *     be read back
 * @param retention how long a dead letter stays, counted from when it failed; less than its topic keeps the payload
 * @param redriveRetention how long a finished redrive and its results can be read
 */
public record DeadLetterServiceSettings(String id, Path stateDirectory, Duration retention, Duration redriveRetention) {

    public static DeadLetterServiceSettings from(Settings settings) {
        return new DeadLetterServiceSettings(
                settings.text("dead-letters.id", hostName()),
                Path.of(settings.text("dead-letters.state-directory", "data/dead-letters")),
                settings.duration("dead-letters.retention", Duration.ofDays(13)),
                settings.duration("dead-letters.redrive-retention", Duration.ofDays(14)));
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "dead-letters";
        }
    }
}
