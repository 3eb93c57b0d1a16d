import { messages, type Catalogue } from "./catalogue";

const en = {
  language: "Language",
  skip: "Skip to the content",
  back: "Back",
  cancel: "Cancel",
  more: "More",
  close: "Close",
  tryAgain: "Try again",
  working: "One moment, please",
  yes: "Yes",
  no: "No",
  optional: (label: string) => `${label} (optional)`,
  level: { light: "Light card", full: "Full card" },
  sex: { "1": "Male", "2": "Female", other: "Not stated" },
  evidence: (count: number) => (count === 1 ? "1 record of a check" : `${count} records of checks`),
  days: (n: number) => (wholeYears(n) === 1 ? "1 year" : wholeYears(n) ? `${wholeYears(n)} years` : n === 1 ? "1 day" : `${n} days`),
  error: {
    offline: "There is no connection. Check your network, then try again.",
    timeout: "The server took too long to answer. Please try again.",
    busy: "The server is busy. Please try again in a moment.",
    tooMany: (seconds: number) => `Too many tries. Please wait ${waiting(seconds, ["second", "seconds"], ["minute", "minutes"])} and try again.`,
    unauthorized: "You are no longer signed in. Please sign in again.",
    forbidden: "You are not allowed to do this here.",
    notFound: "This no longer exists or was never here.",
    gone: "This has expired. Please start again.",
    changed: "Someone else changed this in the meantime. Load the page again.",
    notNow: "This is not possible at the moment. Load the page again to see how things stand.",
    taken: "This exists already. Check the number or name, then try again.",
    tooLarge: "The picture is too large. Choose one below 10 MB.",
    wrongInput: "Something in the input is not right. Please check it and try again.",
    unknown: "Something went wrong on our side. Please try again; if it stays, tell the desk.",
  },
};

/** How many whole years `days` are, with any number of leap days that so many years can have; otherwise `undefined`. */
function wholeYears(days: number): number | undefined {
  const years = Math.round(days / 365.25);
  const beyond = days - 365 * years;
  return years > 0 && beyond >= 0 && beyond <= Math.ceil(years / 4) ? years : undefined;
}

/** "2 minutes" or "40 seconds", whichever is easier to read. */
function waiting(seconds: number, [second, manySeconds]: [string, string], [minute, manyMinutes]: [string, string]): string {
  if (seconds < 90) return `${seconds} ${seconds === 1 ? second : manySeconds}`;
  const minutes = Math.ceil(seconds / 60);
  return `${minutes} ${minutes === 1 ? minute : manyMinutes}`;
}

const ja = {
  language: "言語",
  skip: "本文へ移動",
  back: "戻る",
  cancel: "キャンセル",
  more: "さらに表示",
  close: "閉じる",
  tryAgain: "もう一度試す",
  working: "少々お待ちください",
  yes: "はい",
  no: "いいえ",
  optional: (label: string) => `${label}（任意）`,
  level: { light: "ライトカード", full: "フルカード" },
  sex: { "1": "男性", "2": "女性", other: "記載なし" },
  evidence: (count: number) => `確認の記録 ${count}件`,
  days: (n: number) => (wholeYears(n) ? `${wholeYears(n)}年` : `${n}日`),
  error: {
    offline: "ネットワークに接続できません。接続を確認して、もう一度お試しください。",
    timeout: "サーバーからの応答に時間がかかっています。もう一度お試しください。",
    busy: "サーバーが混み合っています。しばらくしてから、もう一度お試しください。",
    tooMany: (seconds: number) => `試行回数が多すぎます。${seconds < 90 ? `${seconds}秒` : `${Math.ceil(seconds / 60)}分`}ほど待ってから、もう一度お試しください。`,
    unauthorized: "サインインの有効期限が切れました。もう一度サインインしてください。",
    forbidden: "この操作は許可されていません。",
    notFound: "お探しのものは見つかりませんでした。",
    gone: "有効期限が切れました。最初からやり直してください。",
    changed: "ほかの方が先に変更しました。ページを読み込み直してください。",
    notNow: "いまはこの操作を行えません。ページを読み込み直して、状態をご確認ください。",
    taken: "すでに存在します。番号または名称をご確認のうえ、もう一度お試しください。",
    tooLarge: "画像が大きすぎます。10 MB 未満の画像をお選びください。",
    wrongInput: "入力内容に誤りがあります。ご確認のうえ、もう一度お試しください。",
    unknown: "こちら側で問題が発生しました。もう一度お試しください。続く場合は窓口へお知らせください。",
  },
};

const zh = {
  language: "语言",
  skip: "跳至正文",
  back: "返回",
  cancel: "取消",
  more: "更多",
  close: "关闭",
  tryAgain: "重试",
  working: "请稍候",
  yes: "是",
  no: "否",
  optional: (label: string) => `${label}（选填）`,
  level: { light: "基础卡", full: "完整卡" },
  sex: { "1": "男", "2": "女", other: "未注明" },
  evidence: (count: number) => `${count} 条核验记录`,
  days: (n: number) => (wholeYears(n) ? `${wholeYears(n)} 年` : `${n} 天`),
  error: {
    offline: "无法连接网络。请检查网络后重试。",
    timeout: "服务器响应超时，请重试。",
    busy: "服务器繁忙，请稍后重试。",
    tooMany: (seconds: number) => `尝试次数过多。请等待 ${seconds < 90 ? `${seconds} 秒` : `${Math.ceil(seconds / 60)} 分钟`}后重试。`,
    unauthorized: "登录已失效，请重新登录。",
    forbidden: "您无权在此进行此操作。",
    notFound: "未找到相应内容。",
    gone: "已过期，请重新开始。",
    changed: "内容已被他人更改，请重新加载页面。",
    notNow: "目前无法进行此操作。请重新加载页面以查看最新状态。",
    taken: "已存在。请核对号码或名称后重试。",
    tooLarge: "图片过大，请选择 10 MB 以下的图片。",
    wrongInput: "输入内容有误，请检查后重试。",
    unknown: "我们这边出了问题，请重试；如仍未解决，请告知窗口工作人员。",
  },
};

export const commonCatalogue: Catalogue<typeof en> = { en, ja, "zh-Hans": zh };

export const common = messages(commonCatalogue);
