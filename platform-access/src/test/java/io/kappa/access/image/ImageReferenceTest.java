package io.kappa.access.image;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageReferenceTest {
    private static final String DIGEST = "sha256:" + "a1".repeat(32);

    @ParameterizedTest
    @CsvSource({
        "123456789012.dkr.ecr.us-east-1.amazonaws.com/team/hello:1,123456789012.dkr.ecr.us-east-1.amazonaws.com,team/hello,1,true",
        "registry.example:5000/hello:v1.0_x-y,registry.example:5000,hello,v1.0_x-y,false",
        "127.0.0.1:5000/hello:1,127.0.0.1:5000,hello,1,false",
        "localhost/hello:1,localhost,hello,1,false",
        "team/hello:1,,team/hello,1,false",
        "hello:1,,hello,1,false",
    })
    void aNameConsistsOfRegistryRepositoryAndTag(String name, String host, String repository, String tag, boolean ecr) {
        var image = ImageReference.parse(name).orElseThrow();

        assertThat(image).isEqualTo(new ImageReference(host, repository, tag, null));
        assertThat(image).hasToString(name);
        assertThat(image.isOfEcr()).isEqualTo(ecr);
    }

    @Test
    void aDigestCountsForMoreThanATag() {
        assertThat(ImageReference.parse("r.example/hello:1@" + DIGEST)).get().hasToString("r.example/hello@" + DIGEST);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "hello",
                "r.example/hello",
                "Hello:1",
                "../hello:1",
                "a//b:1",
                "/a:1",
                "a/:1",
                "a:",
                "a@sha256:12",
                "a@sha512:12",
                "a:1 ",
                "--a:1",
                "a/../b:1",
                "http://r.example/a:1"
            })
    void whatNamesNoOneImageIsNone(String name) {
        assertThat(ImageReference.parse(name)).isEmpty();
    }
}
