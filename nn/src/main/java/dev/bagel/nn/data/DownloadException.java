package dev.bagel.nn.data;

import java.io.IOException;

/** A download that failed: which address, why, and what to do, on one line. */
public final class DownloadException extends IOException {
  private static final long serialVersionUID = 1L;

  DownloadException(String url, String what, String fix, Throwable cause) {
    super(url + ": " + what + "; " + fix, cause);
  }
}
