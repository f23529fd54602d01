package io.kappa.router.usage;

import io.kappa.contracts.metering.UsageShare;
import io.kappa.kit.settings.Settings;
import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * What an operator charges. The defaults are what Lambda charges in us-east-1, in US dollars, without its steps and what is free; source: the
 * reference's page on billing.
 *
 * @param request each invocation that has begun
 * @param gigabyteSecondX86 billed time times memory, on x86_64
 * @param gigabyteSecondArm the same on arm64
 * @param gigabyteSecondProvisioned the same in environments that provisioned concurrency keeps; keeping them is not metered
 * @param storageGigabyteSecond billed time times what {@code /tmp} has beyond 512 MB
 * @param restoredGigabyte memory of an environment that was restored from a snapshot
 */
public record Prices(
        BigDecimal request,
        BigDecimal gigabyteSecondX86,
        BigDecimal gigabyteSecondArm,
        BigDecimal gigabyteSecondProvisioned,
        BigDecimal storageGigabyteSecond,
        BigDecimal restoredGigabyte) {
    private static final BigDecimal MEGABYTES = BigDecimal.valueOf(1024);
    private static final BigDecimal MEGABYTE_MILLIS = BigDecimal.valueOf(1024 * 1000);
    /** Decimal places of what is divided; none of the divisors leaves a remainder beyond them. */
    private static final int PLACES = 15;

    public static Prices from(Settings settings) {
        return new Prices(
                settings.decimal("router.price.request", "0.0000002"),
                settings.decimal("router.price.gb-second.x86", "0.0000166667"),
                settings.decimal("router.price.gb-second.arm", "0.0000133334"),
                settings.decimal("router.price.gb-second.provisioned", "0.0000097222"),
                settings.decimal("router.price.gb-second.storage", "0.0000000309"),
                settings.decimal("router.price.restored-gb", "0.0001397998"));
    }

    /** GB-s of something that is kept in megabytes times milliseconds. */
    static BigDecimal gigabyteSeconds(long megabyteMillis) {
        return quotient(megabyteMillis, MEGABYTE_MILLIS);
    }

    BigDecimal of(UsageShare share) {
        return request.multiply(BigDecimal.valueOf(share.invocations()))
                .add(perGigabyteSecond(share).multiply(gigabyteSeconds(share.megabyteMillis())))
                .add(storageGigabyteSecond.multiply(gigabyteSeconds(share.storageMegabyteMillis())))
                .add(restoredGigabyte.multiply(quotient(share.restoredMegabytes(), MEGABYTES)));
    }

    private BigDecimal perGigabyteSecond(UsageShare share) {
        if (share.initialization().equals("provisioned-concurrency")) {
            return gigabyteSecondProvisioned;
        }
        return share.architecture().equals("arm64") ? gigabyteSecondArm : gigabyteSecondX86;
    }

    private static BigDecimal quotient(long dividend, BigDecimal divisor) {
        return BigDecimal.valueOf(dividend).divide(divisor, PLACES, RoundingMode.HALF_UP);
    }
}
