/**
 * The one file that knows @vscode/webview-ui-toolkit: which of its controls are used, so that a successor is a change here.
 * It must run before the page has loaded, or the toolkit never reads the theme.
 */
import {
  provideVSCodeDesignSystem,
  vsCodeBadge,
  vsCodeButton,
  vsCodeDivider,
  vsCodeLink,
  vsCodeProgressRing,
  vsCodeTextField,
} from '@vscode/webview-ui-toolkit';

provideVSCodeDesignSystem().register(
  vsCodeBadge(),
  vsCodeButton(),
  vsCodeDivider(),
  vsCodeLink(),
  vsCodeProgressRing(),
  vsCodeTextField(),
);
