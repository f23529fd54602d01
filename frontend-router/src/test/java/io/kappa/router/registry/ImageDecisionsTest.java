package io.kappa.router.registry;

import static io.kappa.router.registry.Ownership.refused;
import static io.kappa.router.registry.Samples.CODE;
import static io.kappa.router.registry.Samples.GREET;
import static io.kappa.router.registry.Samples.PUBLISH;
import static io.kappa.router.registry.Samples.numbered;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.registry.ContainerImage;
import io.kappa.contracts.registry.FunctionCode;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.registry.RegistryCommand.CreateFunction;
import io.kappa.router.registry.RegistryCommand.UpdateFunctionCode;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Functions whose code is a container image. */
class ImageDecisionsTest {
    private static final ContainerImage IMAGE = image('a');

    private final Ownership owner = new Ownership();

    private static ContainerImage image(char digit) {
        return new ContainerImage(
                "r.example/i:1", "r.example/i@sha256:" + String.valueOf(digit).repeat(64));
    }

    private static CreateFunction create(FunctionCode code) {
        return new CreateFunction(GREET, Samples.configuration(""), code, Map.of(), false, null);
    }

    private static UpdateFunctionCode update(FunctionCode code) {
        return new UpdateFunctionCode(GREET, code, null, false, false, null);
    }

    private void createOfImage() {
        owner.done(create(IMAGE));
        owner.settle();
    }

    @Test
    void anImageNeedsNothingStored() {
        createOfImage();

        assertThat(owner.latest(GREET).running().code()).isEqualTo(IMAGE);
    }

    @Test
    void aVersionKeepsTheImageThatItWasPublishedWith() {
        createOfImage();
        owner.done(PUBLISH);

        owner.done(update(image('b')));
        owner.settle();

        assertThat(owner.latest(GREET).requested().code()).isEqualTo(image('b'));
        assertThat(owner.version(numbered(GREET, 1)).requested().code()).isEqualTo(IMAGE);
    }

    @Test
    void aFunctionStaysOfTheKindThatItWasCreatedAs() {
        createOfImage();
        owner.stored(CODE);
        assertThat(owner.ask(update(CODE)))
                .isEqualTo(refused(
                        ErrorCode.INVALID_PARAMETER_VALUE,
                        "Please provide ImageUri when updating a function with packageType Image."));
    }

    @Test
    void aFunctionOfAPackageTakesNoImage() {
        owner.active(GREET, CODE);
        assertThat(owner.ask(update(IMAGE)))
                .isEqualTo(refused(
                        ErrorCode.INVALID_PARAMETER_VALUE,
                        "Please don't provide ImageUri when updating a function with packageType Zip."));
    }

    @Test
    void commandsWithImagesAndWithPackagesAreReadAgain() {
        var codec = RecordCodec.of(RegistryCommand.class);

        assertThat(codec.decode(codec.encode(create(IMAGE)))).isEqualTo(create(IMAGE));
        assertThat(codec.decode(codec.encode(create(CODE)))).isEqualTo(create(CODE));
        assertThat(codec.decode(codec.encode(update(IMAGE)))).isEqualTo(update(IMAGE));
    }
}
