package io.kappa.contracts.registry;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CodePackageTest {

    @Test
    void theApiShowsTheHashInBase64() {
        assertThat(Samples.code().sha256Base64()).isEqualTo("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    }

    @Test
    void chunksAreKeyedByHashUploadAndPlace() {
        assertThat(Samples.code().chunkKey(1))
                .isEqualTo("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855/u1/1");
    }
}
