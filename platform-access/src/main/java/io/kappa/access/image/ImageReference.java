package io.kappa.access.image;

import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A name of an image, such as {@code registry.example:5000/team/hello:1}.
 *
 * @param host of the registry, with the port where one is named; null where none is
 * @param repository path within the registry
 * @param tag null where there is a digest
 * @param digest {@code sha256:} and 64 hex digits; null where only a tag is named
 */
record ImageReference(
        @Nullable String host,
        String repository,
        @Nullable String tag,
        @Nullable String digest) {
    private static final String HOST =
            "(?:[A-Za-z0-9-]+(?:\\.[A-Za-z0-9-]+)+(?::[0-9]+)?|[A-Za-z0-9-]+:[0-9]+|localhost)";
    private static final String PART = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
    private static final Pattern SYNTAX = Pattern.compile("(?:(?<host>" + HOST + ")/)?(?<repository>" + PART + "(?:/"
            + PART + ")*)(?::(?<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(?:@(?<digest>sha256:[0-9a-f]{64}))?");
    private static final Pattern ECR =
            Pattern.compile("[0-9]{12}\\.dkr[.-]ecr\\.[a-z0-9-]+\\.(?:amazonaws\\.com(?:\\.cn)?|on\\.aws)");

    /** Empty where it is no name, or leaves out both tag and digest. */
    static Optional<ImageReference> parse(String name) {
        var parts = SYNTAX.matcher(name);
        if (!parts.matches() || (parts.group("tag") == null && parts.group("digest") == null)) {
            return Optional.empty();
        }
        var digest = parts.group("digest");
        return Optional.of(new ImageReference(
                parts.group("host"), parts.group("repository"), digest == null ? parts.group("tag") : null, digest));
    }

    /** The manifest of that digest in the same repository. */
    ImageReference at(String other) {
        return new ImageReference(host, repository, null, other);
    }

    boolean isOfEcr() {
        return host != null && ECR.matcher(host).matches();
    }

    ImageReference in(String registry) {
        return new ImageReference(registry, repository, tag, digest);
    }

    @Override
    public String toString() {
        return (host == null ? "" : host + "/") + repository + (digest == null ? ":" + tag : "@" + digest);
    }
}
