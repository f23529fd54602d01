package io.kappa.router.api.function;

import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.layer.LayerVersionArn;
import io.kappa.contracts.registry.CodePackage;
import io.kappa.contracts.registry.LayerVersionRecord;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;
import io.kappa.router.registry.Registry;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Links to packages, as {@code Code.Location} of functions and {@code Content.Location} of layers give them: good for ten minutes and for
 * whoever holds one, because the link itself is signed. A router can only check links signed with its own secret; routers that share
 * callers must share the secret.
 */
public final class CodeLinks {
    /** Path of all links, up to the ARN of the version, of a function or of a layer. Lambda's own paths begin with a date. */
    public static final String PATH = "/kappa/packages/";

    private static final Duration VALID_FOR = Duration.ofMinutes(10);
    private static final String ALGORITHM = "HmacSHA256";

    private final byte[] secret;
    private final Registry registry;
    private final Clock clock;

    public CodeLinks(byte[] secret, Registry registry, Clock clock) {
        this.secret = secret.clone();
        this.registry = registry;
        this.clock = clock;
    }

    /** A link to the code that the version of a function or of a layer has now. */
    public String to(String arn, CodePackage code, String origin) {
        var sha256 = code.sha256();
        long expires = clock.instant().plus(VALID_FOR).getEpochSecond();
        return origin + PATH + URLEncoder.encode(arn, StandardCharsets.UTF_8) + "?Sha256=" + sha256 + "&Expires="
                + expires + "&Signature=" + signature(arn, sha256, Long.toString(expires));
    }

    /**
     * The package that a link leads to.
     *
     * @param link what follows {@link #PATH}
     */
    public CodePackage follow(String link, Map<String, String> query) {
        var arn = decoded(link);
        var sha256 = query.getOrDefault("Sha256", "");
        var expires = query.getOrDefault("Expires", "");
        var expected = signature(arn, sha256, expires).getBytes(StandardCharsets.UTF_8);
        var given = query.getOrDefault("Signature", "").getBytes(StandardCharsets.UTF_8);
        if (!MessageDigest.isEqual(expected, given)) {
            throw new LambdaApiException(ErrorCode.ACCESS_DENIED, "The signature of this link does not match.");
        }
        if (Long.parseLong(expires) < clock.instant().getEpochSecond()) {
            throw new LambdaApiException(ErrorCode.ACCESS_DENIED, "Request has expired");
        }
        return code(arn)
                .filter(found -> found.sha256().equals(sha256))
                .orElseThrow(() -> new LambdaApiException(
                        ErrorCode.RESOURCE_NOT_FOUND, "The code of " + arn + " has changed since this link was made."));
    }

    private Optional<CodePackage> code(String arn) {
        var layer = LayerVersionArn.named(arn);
        return layer.isPresent()
                ? registry.view().layerVersion(layer.get()).map(LayerVersionRecord::code)
                : registry.view()
                        .version(VersionArn.parse(arn))
                        .map(version -> version.requested().code())
                        .filter(CodePackage.class::isInstance)
                        .map(CodePackage.class::cast);
    }

    private static String decoded(String link) {
        try {
            return URLDecoder.decode(link, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return link; // No link of ours, as its signature will show.
        }
    }

    private String signature(String arn, String sha256, String expires) {
        try {
            var mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(secret, ALGORITHM));
            return HexFormat.of()
                    .formatHex(mac.doFinal((arn + "\n" + sha256 + "\n" + expires).getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + ALGORITHM, e);
        }
    }
}
