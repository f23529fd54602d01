package io.kappa.kit.settings;

import java.util.List;

/** Everything that is wrong with the settings, at once. The message has one line for each problem. */
public final class SettingsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public SettingsException(List<String> problems) {
        super(String.join(System.lineSeparator(), problems));
    }
}
