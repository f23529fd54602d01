package io.kappa.access.encryption;

import io.kappa.kit.settings.Settings;
import java.nio.file.Path;

/** @param keyFile where the keys are that environment variables are encrypted under; the same for all routers and workers */
public record EncryptionSettings(Path keyFile) {

    public static EncryptionSettings from(Settings settings) {
        return new EncryptionSettings(Path.of(settings.text("encryption.key-file", "data/encryption.keys")));
    }
}
