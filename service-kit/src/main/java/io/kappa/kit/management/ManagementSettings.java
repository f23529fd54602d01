package io.kappa.kit.management;

import io.kappa.kit.settings.Settings;

/** Where health and metrics are served. The default host keeps them to this machine. */
public record ManagementSettings(String host, int port) {
    public static ManagementSettings from(Settings settings) {
        return new ManagementSettings(
                settings.text("management.host", "127.0.0.1"), settings.port("management.port", 9001));
    }
}
