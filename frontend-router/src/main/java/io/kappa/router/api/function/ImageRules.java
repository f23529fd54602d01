package io.kappa.router.api.function;

import static io.kappa.router.api.shape.Shape.listing;
import static io.kappa.router.api.shape.Shape.member;
import static io.kappa.router.api.shape.Shape.structure;
import static io.kappa.router.api.shape.Shape.text;

import io.kappa.contracts.function.ImageConfiguration;
import io.kappa.contracts.function.Version;
import io.kappa.contracts.registry.ContainerImage;
import io.kappa.contracts.registry.RegistryView.FunctionView;
import io.kappa.router.api.shape.Input;
import io.kappa.router.api.shape.Shape;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a request may say where a function's code is a container image, and where it is not. */
final class ImageRules {
    static final String MEMBER = "ImageConfig";
    static final String URI = "ImageUri";

    static final Shape SHAPE = structure(
            member("EntryPoint", listing(text(), 0, 1500)),
            member("Command", listing(text(), 0, 1500)),
            member("WorkingDirectory", text(0, 1000)));

    private static final int MOST_BYTES = 16 * 1024;

    /** Whether a function that is to be created is one of an image. */
    static boolean asked(Input input) {
        return input.textOr("PackageType", "Zip").equals("Image");
    }

    /** Checks a configuration's members against the kind of the function. */
    static void check(Input input, boolean image) {
        if (image && Stream.of("Handler", "Runtime", FunctionLayers.MEMBER).anyMatch(input::holdsAnything)) {
            throw invalid(
                    "Please don't provide Handler or Runtime or Layer when the intended function PackageType is Image.");
        }
        if (!image && input.holdsAnything(MEMBER)) {
            throw invalid("Please don't provide ImageConfig when the intended function PackageType is Zip.");
        }
    }

    /** The name of the image that is to be the code. */
    static String uri(Input code, String doing) {
        if (Stream.of("ZipFile", "S3Bucket", "S3Key", "S3ObjectVersion").anyMatch(code::has)) {
            throw invalid("Please don't provide ZipFile or S3 location when " + doing
                    + " a function with packageType Image.");
        }
        UnsupportedOptions.refuseIfHeld(code, "SourceKMSKeyArn");
        UnsupportedOptions.refuseIfHeld(code, "PublishTo");
        var uri = code.text(URI);
        if (uri == null || uri.isEmpty()) {
            throw invalid("Please provide ImageUri when " + doing + " a function with packageType Image.");
        }
        return uri;
    }

    static void refuseUri(Input code, String doing) {
        if (code.holdsAnything(URI)) {
            throw invalid("Please don't provide ImageUri when " + doing + " a function with packageType Zip.");
        }
    }

    /** What stands in place of what the image says; null where the request says nothing of that. */
    static @Nullable ImageConfiguration configuration(Input input) {
        var given = input.structure(MEMBER);
        if (given == null) {
            return null;
        }
        var directory = given.text("WorkingDirectory");
        var configuration = new ImageConfiguration(
                Objects.requireNonNullElse(given.texts("EntryPoint"), List.of()),
                Objects.requireNonNullElse(given.texts("Command"), List.of()),
                directory == null || directory.isEmpty() ? null : directory);
        if (bytes(configuration) > MOST_BYTES) {
            throw invalid("The image settings must not have more than 16 KB together.");
        }
        return configuration;
    }

    /** Signatures are of packages. */
    static void refuseCodeSigning(FunctionView function) {
        if (isImage(function)) {
            throw codeSigning();
        }
    }

    static LambdaApiException codeSigning() {
        return invalid("Code signing is not supported for functions with packageType Image.");
    }

    static boolean isImage(FunctionView function) {
        return function.version(new Version.Latest())
                .filter(latest -> latest.requested().code() instanceof ContainerImage)
                .isPresent();
    }

    private static int bytes(ImageConfiguration configuration) {
        return Stream.of(
                        configuration.entryPoint(),
                        configuration.command(),
                        List.of(Objects.requireNonNullElse(configuration.workingDirectory(), "")))
                .flatMap(List::stream)
                .mapToInt(text -> text.getBytes(StandardCharsets.UTF_8).length)
                .sum();
    }

    private static LambdaApiException invalid(String message) {
        return new LambdaApiException(ErrorCode.INVALID_PARAMETER_VALUE, message);
    }

    private ImageRules() {}
}
