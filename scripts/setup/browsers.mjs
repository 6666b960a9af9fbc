// The browsers beside Chromium that tests run in: those that are there, or that can be installed.
import { join } from 'node:path';
import process from 'node:process';
import { aptInstall, hasApt } from './apt.mjs';
import { findProgram } from './on-path.mjs';

const FIREFOX_ELSEWHERE = {
  darwin: ['/Applications/Firefox.app/Contents/MacOS/firefox'],
  win32: [process.env.PROGRAMFILES, process.env['PROGRAMFILES(X86)']]
    .filter(Boolean)
    .map((folder) => join(folder, 'Mozilla Firefox/firefox.exe')),
};

/** @returns {string | undefined} the path of a Firefox */
export function findFirefox() {
  return findProgram(['firefox-esr', 'firefox'], FIREFOX_ELSEWHERE[process.platform]);
}

/** @returns {{ webDriver: string, xServer: string } | undefined} what WebKitGTK needs; it knows its own MiniBrowser */
export function findWebKit() {
  const webDriver = findProgram(['WebKitWebDriver']);
  const xServer = findProgram(['Xvfb']);
  return webDriver && xServer && { webDriver, xServer };
}

/** Installs those of them that are not there, where that can be done. @returns {Promise<string[]>} what is missing */
export async function installBrowsers(say) {
  const lacking = () => [
    ...(findFirefox() ? [] : ['firefox-esr']),
    ...(findWebKit() ? [] : ['webkit2gtk-driver', 'xvfb']),
  ];
  if (lacking().length > 0 && hasApt()) {
    say(`Installing more browsers to test in (apt-get install ${lacking().join(' ')}) …`);
    await aptInstall(...lacking());
  }
  const how = hasApt() ? 'apt-get install failed' : "on Debian, root's apt-get installs";
  return [
    ...(findFirefox() ? [] : [`Firefox: there is none; ${how} firefox-esr.`]),
    ...(findWebKit() ? [] : [`WebKitGTK: there is no WebKitWebDriver with Xvfb; ${how} webkit2gtk-driver and xvfb.`]),
  ];
}
