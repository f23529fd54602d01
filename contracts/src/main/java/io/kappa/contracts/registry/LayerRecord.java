package io.kappa.contracts.registry;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.kappa.contracts.layer.LayerArn;

/**
 * What is remembered of a layer's name. Outlives all of its versions: no number is ever used twice for one name.
 *
 * @param lastVersion highest version number ever published under this name
 */
public record LayerRecord(@JsonProperty("v") int formatVersion, LayerArn layer, long lastVersion)
        implements RegistryRecord {

    public LayerRecord(LayerArn layer, long lastVersion) {
        this(1, layer, lastVersion);
    }

    @Override
    public String key() {
        return layer.toString();
    }
}
