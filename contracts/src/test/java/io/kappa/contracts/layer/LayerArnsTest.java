package io.kappa.contracts.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kappa.contracts.registry.RegistryKey;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LayerArnsTest {
    private static final String ARN = "arn:aws:lambda:us-east-1:111111111111:layer:tools";

    @Test
    void arnsPrintAsTheyWereRead() {
        assertThat(LayerArn.parse(ARN)).hasToString(ARN);
        assertThat(LayerVersionArn.parse(ARN + ":12")).hasToString(ARN + ":12");
        assertThat(LayerVersionArn.named(ARN + ":12"))
                .contains(LayerArn.parse(ARN).version(12));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "tools",
                ARN,
                ARN + ":",
                ARN + ":0",
                ARN + ":-1",
                ARN + ":01",
                ARN + ":1000000000000000000000",
                ARN + ":1:1",
                ARN + ".x:1",
                "arn:aws:lambda:us-east-1:1:layer:tools:1",
                "arn:aws:lambda:us-east-1:111111111111:function:tools:1"
            })
    void whatIsNoVersionArnNamesNothing(String text) {
        assertThat(LayerVersionArn.named(text)).isEmpty();
        assertThatThrownBy(() -> LayerVersionArn.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void versionsAreInOrderLayerByLayer() {
        var tools = LayerArn.parse(ARN);
        var spare = new LayerArn("us-east-1", "111111111111", "spare");
        var versions = new TreeSet<LayerVersionArn>();
        versions.add(tools.version(10));
        versions.add(tools.version(9));
        versions.add(spare.version(11));

        assertThat(versions).containsExactly(spare.version(11), tools.version(9), tools.version(10));
    }

    @Test
    void keysOfLayersAreTakenForNoFunctions() {
        assertThat(RegistryKey.parse(ARN)).isEqualTo(new RegistryKey.OfLayer(LayerArn.parse(ARN)));
        assertThat(RegistryKey.parse(ARN + ":3"))
                .isEqualTo(new RegistryKey.OfLayerVersion(LayerVersionArn.parse(ARN + ":3")));
        assertThat(RegistryKey.parse("arn:aws:lambda:us-east-1:111111111111:function:layer:3"))
                .isInstanceOf(RegistryKey.OfVersion.class);
    }
}
