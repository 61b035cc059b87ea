package dev.bagel.autodiff;

/** A device is not there, cannot run a program, or failed; the message says what to do. */
public final class DeviceException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public DeviceException(String message) {
    super(message);
  }

  public DeviceException(String message, Throwable cause) {
    super(message, cause);
  }
}
